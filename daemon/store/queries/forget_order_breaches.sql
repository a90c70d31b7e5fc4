delete from order_breach
where (channel_account, channel_order_id, clock, deadline) in (
    select channel_account, channel_order_id, clock, deadline from order_breach where recorded_at < $1
    order by recorded_at limit $2
);
