insert into open_line (
    channel_account, channel_order_id, line_reference, order_reference, marketplace, seller_sku, ordered, cancelled,
    fulfilled, ordered_at, updated_at, first_seen
)
select channel_account, channel_order_id, line_reference, order_reference, marketplace, seller_sku, ordered, cancelled,
    fulfilled, ordered_at, updated_at, $2
from jsonb_to_recordset($1::jsonb) as given (
    channel_account text, channel_order_id text, line_reference text, order_reference text, marketplace text,
    seller_sku text, ordered bigint, cancelled bigint, fulfilled bigint, ordered_at timestamptz, updated_at timestamptz
)
order by channel_order_id, line_reference
on conflict (channel_account, channel_order_id, line_reference) do update
set ordered = excluded.ordered, cancelled = excluded.cancelled, fulfilled = excluded.fulfilled,
    updated_at = excluded.updated_at
returning id, channel_account, channel_order_id, line_reference, order_reference, marketplace, seller_sku, ordered,
    cancelled, fulfilled, ordered_at, updated_at, mapped_at;
