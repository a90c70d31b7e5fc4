-- Whether an order is over, as buyers_due.sql has it; locked.
select s.state, s.status, s.state = 'ended' or s.status in ('despatched', 'cancelled', 'refunded')
    or exists (
        select from warehouse_order w
        where w.channel_account = s.channel_account and w.channel_order_id = s.channel_order_id
            and w.status = 'completed'
    ) as is_over
from sales_order s
where s.channel_account = $1 and s.channel_order_id = $2
for update of s
