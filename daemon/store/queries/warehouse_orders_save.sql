insert into warehouse_order (
    channel_account, channel_order_id, warehouse, account, order_reference, goods_out_id, status, status_word, read_at,
    acted_at, told, told_to, handled_version, processed_version, effect_key, requests, gave_up_version, gave_up, alerts,
    waits_for, look_at, changed_at
)
select channel_account, channel_order_id, warehouse, account, order_reference, goods_out_id, status, status_word, read_at,
    acted_at, told, told_to, handled_version, processed_version, effect_key, requests, gave_up_version, gave_up, alerts,
    waits_for, look_at, $3
from rows from (jsonb_to_recordset($1::jsonb) as (
    channel_account text, channel_order_id text, warehouse text, account text, order_reference text, goods_out_id text,
    status text, status_word text, read_at timestamptz, acted_at timestamptz, told jsonb, handled_version integer,
    processed_version integer,    effect_key text, requests integer, gave_up_version integer, gave_up text, alerts text[],
    waits_for text, look_at timestamptz
)) with ordinality as given
join unnest($2::bytea[]) with ordinality as addresses (told_to, place) on addresses.place = given.ordinality
on conflict (channel_account, channel_order_id) do update set
    account = excluded.account, goods_out_id = excluded.goods_out_id, status = excluded.status,
    status_word = excluded.status_word, read_at = excluded.read_at, acted_at = excluded.acted_at, told = excluded.told,
    told_to = excluded.told_to, handled_version = excluded.handled_version,
    processed_version = excluded.processed_version,
    effect_key = excluded.effect_key, requests = excluded.requests, gave_up_version = excluded.gave_up_version,
    gave_up = excluded.gave_up, alerts = excluded.alerts, waits_for = excluded.waits_for, look_at = excluded.look_at,
    changed_at = excluded.changed_at
