with oldest as (
    select id from publication_attempt order by id limit $2
)
delete from publication_attempt
using oldest
where publication_attempt.id = oldest.id
    and publication_attempt.ended_at < $1
    and not exists (select from publication where publication.flight_id = publication_attempt.id)
