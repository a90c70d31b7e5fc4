-- Of these orders, those whose label was sold, or may have been, or is being replaced, and that have not left the warehouse.
select l.channel_order_id
from label l
left join warehouse_order w using (channel_account, channel_order_id)
where l.channel_account = $1 and l.channel_order_id = any ($2::text[])
    and (
        l.state in ('buying', 'bought', 'ready', 'held')
        or (l.state = 'cancelling' and l.why <> 'order_gone')
        or (l.state in ('cancelled', 'blocked') and l.replaces <> '' and l.why <> 'order_gone')
    )
    and w.status is distinct from 'completed'
