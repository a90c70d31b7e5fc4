-- Listings of the marked SKUs, and kits that they are a component of, that nothing is known of yet.
insert into publication (listing_id)
select l.id
from unnest($1::text[], $2::text[]) as m (account, sku)
join listing l on l.account = m.account and l.sku = m.sku
union
select k.listing_id
from unnest($1::text[], $2::text[]) as m (account, sku)
join kit_component k on k.account = m.account and k.sku = m.sku
on conflict (listing_id) do nothing;
