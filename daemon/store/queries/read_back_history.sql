-- Kept only where it differs from the reading before.
insert into publication_reading (listing_id, read_at, shows, accepted, meaning)
select $1, $2, $3, $4, $5
where not exists (
    select from (
        select shows, accepted, meaning from publication_reading where listing_id = $1 order by id desc limit 1
    ) as before
    where before.shows is not distinct from $3 and before.accepted is not distinct from $4 and before.meaning = $5
);
