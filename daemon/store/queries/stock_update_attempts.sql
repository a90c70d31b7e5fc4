-- The items of an update: rows before they are a request.
insert into publication_attempt (
    listing_id, value, told_before, sellable, doubtful, overtakes, update_id, sent_at, state, holder
)
select listing_id, value, told_before, sellable, doubtful, overtakes, $7, $8, 'sent', $9
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::boolean[], $6::bigint[])
    as a (listing_id, value, told_before, sellable, doubtful, overtakes)
returning id, listing_id;
