-- The partner refuses this item by itself: that value is not told again before something changes.
update publication p
set flight_id = null, flight_value = null, flight_state = null, flight_since = null, flight_over_at = null,
    told = u.told_before, accepted = u.told_before, live = u.told_before, refused_value = u.value, refused_reason = $5,
    together = 1, untold_since = coalesce(p.untold_since, $6)
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) as u (listing_id, attempt_id, value, told_before)
where p.listing_id = u.listing_id and (p.flight_id = u.attempt_id or p.flight_id is null and p.told_at = $7);
