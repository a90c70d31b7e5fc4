-- Orders, by the channel's id or by our reference, whose label was bought from the channel: it confirms them itself.
select l.channel_account, l.channel_order_id, l.order_reference
from label l
where l.state in ('bought', 'ready', 'used', 'cancelling') and l.channel_account = any ($1::text[])
    and (l.channel_order_id = any ($2::text[]) or l.order_reference = any ($2::text[]))
