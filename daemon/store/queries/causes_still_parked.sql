select distinct cause.origin, cause.reason
from unnest($1::text[], $2::text[]) as cause (origin, reason)
where exists (
    select from parked
    where parked.origin = cause.origin and parked.reason = cause.reason and parked.state = 'parked'
)
