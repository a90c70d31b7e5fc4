-- What a channel refused long enough ago may be taken now: it is told once more. A value is refused as soon as it was told.
update publication p
set refused_value = null
from (
    select p.listing_id
    from publication p join listing l on l.id = p.listing_id
    where p.refused_value is not null and p.flight_id is null and p.told_at <= $1
    order by l.account, l.sku, l.id
    for update of p
) as locked
where p.listing_id = locked.listing_id;
