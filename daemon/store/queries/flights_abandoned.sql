-- Requests of holders that are gone: nobody saw their end. Feeds and updates go on by themselves. Their listings are
-- locked first, in the order of the whole house.
with lost as materialized (
    select a.id
    from publication_attempt a
    join publication p on p.listing_id = a.listing_id
    join listing l on l.id = a.listing_id
    where a.state = 'sent' and a.sent_at < $2 and a.feed_id is null and a.update_id is null
    order by l.account, l.sku, l.id, a.id
    for update of p
)
update publication_attempt a set state = 'unknown', answer = 'its sender was lost', ended_at = $1
from lost where a.id = lost.id and a.state = 'sent'
returning a.id, a.listing_id;
