-- Locked after their sales orders, and before anything else.
select channel_account, channel_order_id, warehouse, account, order_reference, goods_out_id, status, status_word, read_at,
    acted_at, told, told_to, handled_version, processed_version, effect_key, requests, gave_up_version, gave_up, alerts,
    look_at
from warehouse_order
where (channel_account, channel_order_id) in (select * from unnest($1::text[], $2::text[]))
order by channel_account, channel_order_id
for update
