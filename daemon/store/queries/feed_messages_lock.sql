-- Messages above $2 and up to $3, with where their listings stand, locked in the order of the whole house.
select a.id, a.listing_id, a.message_id, a.value, a.told_before, a.doubtful, a.sent_at, a.ended_at,
    p.flight_id, p.told_at, p.untold_since, p.tell_again_at, l.seller_sku, l.marketplace
from publication_attempt a
join publication p on p.listing_id = a.listing_id
join listing l on l.id = a.listing_id
where a.feed_id = $1 and a.message_id > $2 and a.message_id <= $3
order by l.account, l.sku, l.id
for update of p;
