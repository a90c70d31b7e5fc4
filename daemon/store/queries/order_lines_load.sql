-- The lines of these orders of a channel account, locked.
select id, channel_account, channel_order_id, line_reference, order_reference, marketplace, seller_sku, ordered,
    cancelled, fulfilled, ordered_at, updated_at, mapped_at
from open_line
where channel_account = $1 and channel_order_id = any ($2::text[])
order by id
for update;
