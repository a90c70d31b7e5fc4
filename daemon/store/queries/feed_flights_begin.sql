-- In flight by a feed: until its end is seen, or at the latest until $4.
update publication p
set told = u.value, told_at = $5, flight_id = u.attempt_id, flight_value = u.value, flight_state = 'sent',
    flight_since = $5, flight_over_at = $4,
    tell_again_at = u.again_at
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $6::timestamptz[]) as u (listing_id, attempt_id, value, again_at)
where p.listing_id = u.listing_id;
