-- What an answer made of rows that were loaded without their addresses: those stay as they are sealed, and go with what
-- was told.
update warehouse_order
set goods_out_id = given.goods_out_id, status = given.status, acted_at = given.acted_at, told = given.told,
    told_to = case when given.told is null then null else warehouse_order.told_to end, effect_key = given.effect_key,
    waits_for = '', look_at = given.look_at, changed_at = $2
from jsonb_to_recordset($1::jsonb) as given (
    channel_account text, channel_order_id text, goods_out_id text, status text, acted_at timestamptz, told jsonb,
    effect_key text, look_at timestamptz
)
where warehouse_order.channel_account = given.channel_account
    and warehouse_order.channel_order_id = given.channel_order_id
