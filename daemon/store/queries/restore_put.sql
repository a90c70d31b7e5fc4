-- What these listings go back to; a listing that has its row keeps it. Their SKUs were put in doubt just before: none
-- counts as read afresh until the marks have found that it was.
with locked as (
    select p.listing_id, u.old, u.value
    from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as u (listing_id, old, value)
    join publication p on p.listing_id = u.listing_id
    join listing l on l.id = u.listing_id
    where p.restore_id is distinct from $1
    order by l.account, l.sku, l.id
    for update of p
)
update publication p
set restore_id = $1, restore_old = locked.old, restore_value = locked.value, doubtful = true
from locked where p.listing_id = locked.listing_id;
