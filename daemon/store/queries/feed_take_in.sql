-- The messages of a feed: rows before they are a request.
insert into publication_attempt (
    listing_id, value, told_before, sellable, doubtful, feed_id, message_id, sent_at, state, holder
)
select listing_id, value, told_before, sellable, doubtful, $6, message_id, $7, 'sent', $8
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::boolean[], $9::integer[])
    as a (listing_id, value, told_before, sellable, doubtful, message_id)
returning id, listing_id;
