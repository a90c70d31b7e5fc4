delete from order_clock
where (channel_account, channel_order_id) in (
    select channel_account, channel_order_id from order_clock where not open and heard_at < $1 order by heard_at limit $2
);
