-- The row that is there before the request is. A lowering that overtakes is told again once the other has ended.
update publication p
set told = u.value, told_at = $4, flight_id = u.attempt_id, flight_value = u.value, flight_state = 'sent',
    flight_since = $4, flight_over_at = null,
    tell_again_at = u.again_at
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $5::timestamptz[]) as u (listing_id, attempt_id, value, again_at)
where p.listing_id = u.listing_id;
