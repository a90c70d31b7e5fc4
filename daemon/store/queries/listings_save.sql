insert into listing (
    channel_account, marketplace, seller_sku, account, sku, pack_size, buffer_units, buffer_percent, share_percent,
    cap, floor, lead_time_days, product_type, stopped, velocity_class, priority, reserve, components, zero_rule, imported_at
)
select
    channel_account, marketplace, seller_sku, account, sku, pack_size, buffer_units, buffer_percent, share_percent,
    cap, floor, lead_time_days, product_type, stopped, velocity_class, priority, reserve, components::jsonb, zero_rule,
    $20::timestamptz
from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::bigint[], $8::numeric[],
    $9::numeric[], $10::bigint[], $11::bigint[], $12::smallint[], $13::text[], $14::boolean[], $15::text[],
    $16::smallint[], $17::bigint[], $18::text[], $19::text[]
) as given (
    channel_account, marketplace, seller_sku, account, sku, pack_size, buffer_units, buffer_percent, share_percent,
    cap, floor, lead_time_days, product_type, stopped, velocity_class, priority, reserve, components, zero_rule
)
on conflict (channel_account, marketplace, seller_sku) do update
set account = excluded.account, sku = excluded.sku, pack_size = excluded.pack_size,
    buffer_units = excluded.buffer_units, buffer_percent = excluded.buffer_percent,
    share_percent = excluded.share_percent, cap = excluded.cap, floor = excluded.floor,
    lead_time_days = excluded.lead_time_days, product_type = excluded.product_type, stopped = excluded.stopped,
    velocity_class = excluded.velocity_class, priority = excluded.priority, reserve = excluded.reserve,
    components = excluded.components, zero_rule = excluded.zero_rule, imported_at = excluded.imported_at;
