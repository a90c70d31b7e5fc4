-- The feed never left: as if these had never been in it. What it was to settle is as open as before.
update publication p
set flight_id = null, flight_value = null, flight_state = null, flight_since = null, flight_over_at = null,
    told = u.told_before, tell_again_at = coalesce(p.tell_again_at, $4)
from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as u (listing_id, attempt_id, told_before)
where p.listing_id = u.listing_id and p.flight_id = u.attempt_id;
