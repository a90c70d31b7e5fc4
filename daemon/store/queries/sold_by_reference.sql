-- Orders of channels that our books know by the warehouse's name, with what each of their lines was sold as: as the
-- warehouse was told, the listing's own SKU, the components of a kit.
select k.account, k.order_reference as name, o.channel_account, o.channel_order_id, o.marketplace,
    o.status not in ('despatched', 'cancelled', 'refunded', 'unfulfillable') as waits, l ->> 'line_reference' as line_reference, l ->> 'sku' as sku
from unnest($1::text[], $2::text[]) as k (account, order_reference)
join sales_order o on o.order_reference = k.order_reference
left join jsonb_array_elements(o.cleared -> 'lines') as l on true
where o.channel_account = any ($3::text[])
union all
select k.account, k.order_reference, l.channel_account, l.channel_order_id, l.marketplace,
    l.ordered > l.cancelled + l.fulfilled, l.line_reference, p.sku
from unnest($1::text[], $2::text[]) as k (account, order_reference)
join open_line_part p on p.order_reference = k.order_reference and p.account = k.account
join open_line l on l.id = p.line_id
union all
select k.account, k.order_reference, l.channel_account, l.channel_order_id, l.marketplace, false, l.line_reference, i.sku
from unnest($1::text[], $2::text[]) as k (account, order_reference)
join open_line_part p on p.order_reference = k.order_reference and p.account = k.account
join open_line l on l.id = p.line_id
join listing i on i.channel_account = l.channel_account and i.marketplace = l.marketplace and i.seller_sku = l.seller_sku;
