-- The lines that quantities are held for; returned with their ids.
insert into open_line (
    channel_account, channel_order_id, line_reference, order_reference, marketplace, seller_sku, ordered, ordered_at,
    updated_at, first_seen, mapped_at
)
select $1, $2, line, $2, $3, name, ordered, $4, $5, $5, $5
from jsonb_to_recordset($6::jsonb) as given (line text, name text, ordered bigint)
order by line
on conflict (channel_account, channel_order_id, line_reference) do update
set seller_sku = excluded.seller_sku, ordered = excluded.ordered, updated_at = excluded.updated_at,
    mapped_at = coalesce(open_line.mapped_at, excluded.mapped_at)
returning id, line_reference;
