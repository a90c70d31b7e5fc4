-- Nobody knows what the channel did with these: read back, and told again from $3 on.
update publication p set flight_state = 'unknown', flight_over_at = $3, read_back_at = $4, read_back_why = 'feed', read_backs = 0
from unnest($1::bigint[], $2::bigint[]) as u (listing_id, attempt_id)
where p.listing_id = u.listing_id and p.flight_id = u.attempt_id;
