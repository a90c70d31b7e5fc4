-- Of each marketplace, since the end of what the channel has counted: orders to be sent by then that were confirmed, and
-- late; orders placed, and cancelled by other than their buyers; orders told, and parcels among them that are doubtful.
-- $1 account, $2 marketplaces, $3 $4 $5 since when, $6 now.
select m.marketplace, late.orders, late.bad, placed.orders as placed, cancelled.bad as cancelled, told.orders as told
from unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[]) as m (marketplace, late_since, cancel_since, told_since)
cross join lateral (
    select count(*)::int as orders, (count(*) filter (where coalesce(told_at, shipped_at) > ship_by))::int as bad
    from order_clock
    where channel_account = $1 and marketplace = m.marketplace and not open
        and (told_at is not null or shipped_at is not null) and ship_by > m.late_since and ship_by <= $6
) as late
cross join lateral (
    select count(*)::int as orders
    from order_clock
    where channel_account = $1 and marketplace = m.marketplace and ordered_at > m.cancel_since and standing <> 'pending'
) as placed
cross join lateral (
    select count(*)::int as bad
    from order_clock
    where channel_account = $1 and marketplace = m.marketplace and cancelled_at > m.cancel_since and cancelled_by <> 'buyer'
) as cancelled
cross join lateral (
    select count(*)::int as orders
    from order_clock
    where channel_account = $1 and marketplace = m.marketplace and told_at > m.told_since
) as told;
