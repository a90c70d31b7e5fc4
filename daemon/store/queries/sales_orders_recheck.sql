-- Locked in the order in which everybody locks them.
with blocked as (
    select channel_account, channel_order_id
    from sales_order
    where channel_account = $1 and blocked_by <> '[]'
    order by channel_order_id
    for update
)
update sales_order
set check_at = $2
from blocked
where sales_order.channel_account = blocked.channel_account
    and sales_order.channel_order_id = blocked.channel_order_id;
