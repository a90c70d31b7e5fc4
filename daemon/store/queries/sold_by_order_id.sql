-- The same, by the channel's own id.
select k.account, k.channel_order_id as name, o.channel_account, o.channel_order_id, o.marketplace,
    o.status not in ('despatched', 'cancelled', 'refunded', 'unfulfillable') as waits, l ->> 'line_reference' as line_reference, l ->> 'sku' as sku
from unnest($1::text[], $2::text[]) as k (account, channel_order_id)
join sales_order o on o.channel_order_id = k.channel_order_id
left join jsonb_array_elements(o.cleared -> 'lines') as l on true
where o.channel_account = any ($3::text[])
union all
select k.account, l.channel_order_id, l.channel_account, l.channel_order_id, l.marketplace,
    l.ordered > l.cancelled + l.fulfilled, l.line_reference, p.sku
from unnest($1::text[], $2::text[]) as k (account, channel_order_id)
join open_line l on l.channel_order_id = k.channel_order_id and l.channel_account = any ($3::text[])
join open_line_part p on p.line_id = l.id and p.account = k.account
union all
select k.account, l.channel_order_id, l.channel_account, l.channel_order_id, l.marketplace, false, l.line_reference, i.sku
from unnest($1::text[], $2::text[]) as k (account, channel_order_id)
join open_line l on l.channel_order_id = k.channel_order_id and l.channel_account = any ($3::text[])
join listing i on i.channel_account = l.channel_account and i.marketplace = l.marketplace and i.seller_sku = l.seller_sku;
