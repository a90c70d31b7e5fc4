insert into publication_attempt (
    listing_id, value, told_before, sellable, doubtful, overtakes, sent_at, state, holder
)
select listing_id, value, told_before, sellable, doubtful, overtakes, $7, 'sent', $8
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::boolean[], $6::bigint[])
    as a (listing_id, value, told_before, sellable, doubtful, overtakes)
returning id, listing_id;
