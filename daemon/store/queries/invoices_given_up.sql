-- Invoices that a person has given up: their numbers stay used, what they asked for is free again.
update invoice i set cancelled_at = $2
from effect e
where i.channel_account = $1 and i.cancelled_at is null and e.unique_key = i.effect_key
    and e.state in ('refused', 'withdrawn', 'dead')
returning i.purchase_order
