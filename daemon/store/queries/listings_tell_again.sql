-- A listing that was corrected: what the channel refused may be taken now, and where more than the quantity changed
-- it has to be told again although the quantity is the same.
update publication p
set refused_value = null, refused_reason = '',
    tell_again_at = case when locked.tell_again then greatest(p.tell_again_at, $3) else p.tell_again_at end
from (
    select p.listing_id, c.tell_again
    from unnest($1::bigint[], $2::boolean[]) as c (listing_id, tell_again)
    join publication p on p.listing_id = c.listing_id
    join listing l on l.id = c.listing_id
    where p.refused_value is not null or c.tell_again
    order by l.account, l.sku, l.id
    for update of p
) as locked
where p.listing_id = locked.listing_id;
