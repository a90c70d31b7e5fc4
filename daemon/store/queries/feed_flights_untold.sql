-- The feed never left: as if these had never been in it.
update publication p
set flight_id = null, flight_value = null, flight_state = null, flight_since = null, flight_over_at = null,
    told = u.told_before
from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as u (listing_id, attempt_id, told_before)
where p.listing_id = u.listing_id and p.flight_id = u.attempt_id;
