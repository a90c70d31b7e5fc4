update publication p
set zero_asked_at = $2, zero_confirmed_at = null
from (
    select p.listing_id
    from publication p join listing l on l.id = p.listing_id
    where p.listing_id = any ($1::bigint[])
    order by l.account, l.sku, l.id
    for update of p
) as locked
where p.listing_id = locked.listing_id and p.zero_since is not null;
