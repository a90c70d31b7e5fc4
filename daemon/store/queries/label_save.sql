-- A label as it is now; its file stays unless another is given, or the label is no longer that one.
insert into label as l (
    channel_account, channel_order_id, order_reference, version, state, why, waits_for, tries, effect_key, requests, made_for,
    made_to, replaces, shipment_id, package, tracking_number, carrier, service, format, charge, currency,
    arrives_by, look_at,
    file, changed_at
)
select channel_account, channel_order_id, order_reference, version, state, why, waits_for, tries, effect_key, requests, made_for,
    made_to, replaces, shipment_id, package, tracking_number, carrier, service, format, charge, currency,
    arrives_by, look_at,
    $2::bytea, $3
from jsonb_to_record($1::jsonb) as one (
    channel_account text, channel_order_id text, order_reference text, version integer, state text, why text,
    waits_for text, tries integer, effect_key text, requests integer, made_for text, made_to text, replaces text,
    shipment_id text, package text, tracking_number text, carrier text, service text, format text, charge numeric,
    currency text, arrives_by timestamptz, look_at timestamptz
)
on conflict (channel_account, channel_order_id) do update set
    version = excluded.version, state = excluded.state, why = excluded.why, waits_for = excluded.waits_for,
    tries = excluded.tries, effect_key = excluded.effect_key, requests = excluded.requests,
    made_for = excluded.made_for, made_to = excluded.made_to, replaces = excluded.replaces,
    shipment_id = excluded.shipment_id, package = excluded.package, tracking_number = excluded.tracking_number,
    carrier = excluded.carrier, service = excluded.service, format = excluded.format, charge = excluded.charge,
    currency = excluded.currency, arrives_by = excluded.arrives_by, look_at = excluded.look_at,
    changed_at = excluded.changed_at,
    file = case when excluded.state in ('ready', 'used', 'cancelling', 'held') then coalesce(excluded.file, l.file) end
