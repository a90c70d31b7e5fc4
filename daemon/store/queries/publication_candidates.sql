-- Listings of an account that may have something to say now. The pure policy puts them in order; here the first ones
-- are only found: lowerings near zero, then the oldest.
select p.listing_id, p.desired, p.told, p.untold_since, p.tell_again_at, p.not_before, p.refused_value, p.doubtful,
    p.flight_id, p.flight_value, p.flight_state, p.flight_since, p.flight_over_at, p.accepted, p.live,
    p.zero_hold, p.zero_hold_until, p.zero_instead
from publication p join listing l on l.id = p.listing_id
where l.channel_account = $1
    and (p.not_before is null or p.not_before <= $2)
    and (
        p.zero_hold is null or p.zero_hold_until <= $2 or p.desired <> 0 or p.zero_instead < p.told
        or p.tell_again_at <= $2 or p.flight_over_at <= $2
    )
    and (
        (p.untold_since is not null and p.desired is distinct from p.refused_value
            and (p.flight_id is null or p.flight_over_at <= $2 or p.desired < p.flight_value))
        or (p.tell_again_at <= $2 and p.flight_id is null)
        or p.flight_over_at <= $2
    )
order by (p.desired <= $3 and (p.told is null or p.desired < p.told)) desc nulls last, p.untold_since nulls last
limit $4;
