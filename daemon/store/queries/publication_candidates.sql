-- Listings of an account that may have something to say now, with what the policy weighs. The pure policy puts them in
-- order; here the first ones are only found, in three ways: lowerings near zero and with least cover, raises from
-- nothing that sell most, and the oldest. A rate counts half after $5 seconds.
-- The first condition on `publication` says nothing that the last does not; it is what the indices can find.
with waiting as materialized (
    select p.listing_id, p.untold_since, lowering.it as lowering, (lowering.it and p.desired <= $3) as near_zero,
        p.desired / greatest(rate.per_day, 0.1) as cover, (p.told = 0 and p.desired > 0) as opens, rate.per_day, rate.orders_per_day
    from publication p
    join listing l on l.id = p.listing_id
    left join demand d on d.listing_id = p.listing_id
    cross join lateral (select p.told is null or p.desired <= p.told as it) as lowering
    cross join lateral (
        select power(0.5, greatest(0, extract(epoch from $2::timestamptz - d.counted_at)) / $5::float8) as left
    ) as faded
    cross join lateral (
        select coalesce(d.per_day * faded.left, 0)::float8 as per_day,
            coalesce(d.orders_per_day * faded.left, 0)::float8 as orders_per_day
    ) as rate
    where l.channel_account = $1
        and (p.untold_since is not null or p.tell_again_at <= $2 or p.flight_over_at <= $2)
        and (p.not_before is null or p.not_before <= $2)
        and (
            p.zero_hold is null or p.zero_hold_until <= $2 or p.desired <> 0 or p.zero_instead < p.told
            or p.tell_again_at <= $2 or p.flight_over_at <= $2
        )
        and (
            (p.untold_since is not null and p.desired is distinct from p.refused_value
                and (p.flight_id is null or p.flight_over_at <= $2 or p.desired < p.flight_value))
            or (p.tell_again_at <= $2 and p.flight_id is null and p.desired is distinct from p.refused_value)
            or p.flight_over_at <= $2
        )
), chosen as (
    (
        select listing_id from waiting
        order by near_zero desc nulls last, lowering desc nulls last, cover, per_day desc, untold_since nulls last
        limit $4
    )
    union
    (select listing_id from waiting order by opens desc nulls last, per_day desc limit $4 / 10)
    union
    (select listing_id from waiting order by untold_since nulls last limit $4 / 10)
)
select p.listing_id, p.desired, p.told, p.untold_since, p.tell_again_at, p.not_before, p.refused_value, p.doubtful,
    p.flight_id, p.flight_value, p.flight_state, p.flight_since, p.flight_over_at, p.accepted, p.live,
    p.zero_hold, p.zero_hold_until, p.zero_instead, p.pool,
    case when p.live_at > p.told_at then p.live end as seen, w.per_day, w.orders_per_day,
    coalesce(others.per_day, 0)::float8 as others_per_day
from chosen
join waiting w on w.listing_id = chosen.listing_id
join publication p on p.listing_id = chosen.listing_id
join listing l on l.id = chosen.listing_id
left join lateral (
    select sum(d.per_day * power(0.5, greatest(0, extract(epoch from $2::timestamptz - d.counted_at)) / $5::float8)
        * other.pack_size) / l.pack_size as per_day
    from listing other
    join demand d on d.listing_id = other.id
    where other.sku = l.sku and other.account = l.account and other.id <> l.id
) as others on true
order by w.near_zero desc nulls last, w.lowering desc nulls last, w.cover, w.per_day desc, w.untold_since nulls last;
