-- Locked in the order in which everybody locks them.
with standing as (
    select channel_account, channel_order_id
    from sales_order
    where channel_account = $1 and state = 'ready'
    order by channel_order_id
    for update
)
update sales_order
set check_at = $2, state = 'pending'
from standing
where sales_order.channel_account = standing.channel_account
    and sales_order.channel_order_id = standing.channel_order_id;
