-- What left before it may or may not have arrived: another value is told although it may have been told already.
update publication p
set flight_id = null, flight_value = null, flight_state = null, flight_since = null, flight_over_at = null,
    told = u.told_before, refused_value = u.value, refused_reason = $5, together = 1,
    tell_again_at = coalesce(p.tell_again_at, p.told_at)
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) as u (listing_id, attempt_id, value, told_before)
where p.listing_id = u.listing_id and p.flight_id = u.attempt_id;
