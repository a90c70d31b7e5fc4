update publication p
set read_back_at = $2
from (
    select p.listing_id
    from publication p join listing l on l.id = p.listing_id
    where p.listing_id = any ($1::bigint[])
    order by l.account, l.sku, l.id
    for update of p
) as locked
where p.listing_id = locked.listing_id;
