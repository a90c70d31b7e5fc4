-- The items of an update with where their listings stand, locked in the order of the whole house.
select a.id as attempt, a.listing_id, a.value, a.told_before, a.sent_at, p.flight_id, p.told_at, p.untold_since,
    p.tell_again_at, p.together, l.seller_sku
from publication_attempt a
join publication p on p.listing_id = a.listing_id
join listing l on l.id = a.listing_id
where a.update_id = $1
order by l.account, l.sku, l.id
for update of p;
