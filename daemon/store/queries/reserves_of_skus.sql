-- What listings keep of these SKUs for themselves, in eaches; a kit keeps its components.
select l.account, l.sku, l.id, l.channel_account, l.priority, l.reserve as units
from unnest($1::text[], $2::text[]) as k (account, sku)
join listing l on l.account = k.account and l.sku = k.sku
where l.reserve > 0 and not l.stopped and l.components = '[]'
union all
select c.account, c.sku, l.id, l.channel_account, l.priority, l.reserve * c.quantity
from unnest($1::text[], $2::text[]) as k (account, sku)
join kit_component c on c.account = k.account and c.sku = k.sku
join listing l on l.id = c.listing_id
where l.reserve > 0 and not l.stopped;
