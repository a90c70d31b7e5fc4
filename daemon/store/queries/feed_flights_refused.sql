-- What left before it may or may not have arrived: another value is told although it may have been told already.
update publication p
set flight_id = null, flight_value = null, flight_state = null, flight_since = null, flight_over_at = null,
    told = u.told_before, refused_value = u.value, refused_reason = u.reason,
    tell_again_at = coalesce(p.tell_again_at, $6),
    read_back_at = $6, read_back_why = 'refused', read_backs = 0
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[])
    as u (listing_id, attempt_id, value, told_before, reason)
where p.listing_id = u.listing_id and p.flight_id = u.attempt_id;
