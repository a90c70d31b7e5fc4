-- Listings that could be told by feed: something to say, nothing in flight, no lowering near zero; oldest first.
select p.listing_id, l.marketplace
from publication p join listing l on l.id = p.listing_id
where l.channel_account = $1
    and p.flight_id is null and p.desired is not null
    and (p.not_before is null or p.not_before <= $2)
    and (p.desired > $3 or p.desired >= p.told)
    and (
        (p.untold_since is not null and p.desired is distinct from p.refused_value
            and p.desired is distinct from p.told
            and (p.tell_again_at is null or p.tell_again_at <= $2 or p.desired < p.told))
        or p.tell_again_at <= $2
    )
order by coalesce(p.untold_since, p.tell_again_at), p.listing_id
limit $4;
