-- How far each account's purchase orders were read.
select channel_account, by, read_from, begun_at from purchase_order_cursor order by channel_account, by;
