-- Listings of the marked SKUs that nothing is known of yet.
insert into publication (listing_id)
select l.id
from unnest($1::text[], $2::text[]) as m (account, sku)
join listing l on l.account = m.account and l.sku = m.sku
on conflict (listing_id) do nothing;
