select channel_account, channel_order_id, order_reference, version, state, why, waits_for, tries, effect_key, requests, made_for,
    made_to, replaces, shipment_id, package, tracking_number, carrier, service, format, charge::text as charge, currency,
    arrives_by, look_at
from label
where channel_account = $1 and channel_order_id = $2
for update
