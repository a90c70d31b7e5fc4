-- Nobody knows what the channel did with these: their newest values go out again from $3 on.
update publication p set flight_state = 'unknown', flight_over_at = $3
from unnest($1::bigint[], $2::bigint[]) as u (listing_id, attempt_id)
where p.listing_id = u.listing_id and p.flight_id = u.attempt_id;
