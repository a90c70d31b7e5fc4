select p.accepted, p.accepted_at, coalesce(p.accepted_since, p.accepted_at) as accepted_since, p.untold_since,
    p.proven_at is not null as proven, p.live, p.live_at, p.flight_id, p.flight_value, p.flight_state, p.flight_since,
    p.flight_over_at, p.foreign_value, p.mended_at, p.read_backs
from publication p
where p.listing_id = $1
for update;
