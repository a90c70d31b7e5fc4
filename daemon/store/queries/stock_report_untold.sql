-- Nothing of a report counts, unless something else was told since: as if these had not been in it, until $4. `together`:
-- how many items the next report with each may have.
update publication p
set flight_id = null, flight_value = null, flight_state = null, flight_since = null, flight_over_at = null,
    told = u.told_before, accepted = u.told_before, live = u.told_before, not_before = $4, together = u.together,
    tell_again_at = coalesce(p.tell_again_at, $4), untold_since = coalesce(p.untold_since, $6)
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $5::integer[]) as u (listing_id, attempt_id, told_before, together)
where p.listing_id = u.listing_id and (p.flight_id = u.attempt_id or p.flight_id is null and p.told_at = $7);
