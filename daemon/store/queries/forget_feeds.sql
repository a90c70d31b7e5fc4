with oldest as (
    select id from feed where settled order by id limit $2
)
delete from feed
using oldest
where feed.id = oldest.id
    and feed.settled_at < $1
    and not exists (select from publication_attempt a where a.feed_id = feed.id)
