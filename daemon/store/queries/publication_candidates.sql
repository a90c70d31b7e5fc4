-- Listings of an account that may have something to say now, with what the policy weighs. The pure policy puts them in
-- order; here the first ones are only found, in three ways: lowerings near zero and with least cover, raises from
-- nothing that sell most, and the oldest. A rate counts half after $5 seconds.
with waiting as (
    select p.listing_id, p.desired, p.told, p.untold_since, p.tell_again_at, p.not_before, p.refused_value, p.doubtful,
        p.flight_id, p.flight_value, p.flight_state, p.flight_since, p.flight_over_at, p.accepted, p.live,
        p.zero_hold, p.zero_hold_until, p.zero_instead, p.pool,
        case when p.live_at > p.told_at then p.live end as seen, l.account, l.sku, l.pack_size,
        coalesce(d.per_day * power(0.5, greatest(0, extract(epoch from $2::timestamptz - d.counted_at)) / $5::float8), 0)
            ::float8 as per_day,
        (p.told is null or p.desired <= p.told) as lowering
    from publication p
    join listing l on l.id = p.listing_id
    left join demand d on d.listing_id = p.listing_id
    where l.channel_account = $1
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
), ranked as (
    select *,
        row_number() over (
            order by (lowering and desired <= $3) desc nulls last, lowering desc nulls last,
                desired / greatest(per_day, 0.1), per_day desc, untold_since nulls last
        ) as by_cover,
        row_number() over (order by (told = 0 and desired > 0) desc nulls last, per_day desc) as by_sales,
        row_number() over (order by untold_since nulls last) as by_age
    from waiting
)
select r.*, coalesce(o.per_day, 0)::float8 as others_per_day
from ranked r
left join lateral (
    select sum(d.per_day * power(0.5, greatest(0, extract(epoch from $2::timestamptz - d.counted_at)) / $5::float8)
        * other.pack_size) / r.pack_size as per_day
    from listing other
    join demand d on d.listing_id = other.id
    where other.sku = r.sku and other.account = r.account and other.id <> r.listing_id
) o on true
where r.by_cover <= $4 or r.by_sales <= $4 / 10 or r.by_age <= $4 / 10
order by r.by_cover;
