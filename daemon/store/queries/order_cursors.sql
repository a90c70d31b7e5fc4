-- How far each account's orders were read.
select channel_account, read_from, begun_at from order_cursor order by channel_account;
