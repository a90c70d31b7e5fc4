-- An update that has succeeded is in effect: nothing is left to be read back.
update publication p
set flight_id = null, flight_value = null, flight_state = null, flight_since = null, flight_over_at = null,
    accepted = u.value, accepted_at = $4, accepted_since = coalesce(p.untold_since, p.flight_since, $4),
    live = u.value, live_at = $4, proven_at = $4, read_back_at = null, read_back_why = '', read_backs = 0,
    not_before = null, refused_value = null, refused_reason = '', together = null,
    untold_since = case when p.desired is not distinct from u.value then null else p.untold_since end
from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as u (listing_id, attempt_id, value)
where p.listing_id = u.listing_id and p.flight_id = u.attempt_id;
