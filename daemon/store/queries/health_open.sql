-- Open orders of each marketplace: past their time, due soon and still
-- here, gone from the warehouse and not confirmed, told and not shown. $1 account, $2 marketplaces, $3 now, $4 soon, $5
-- told or left before.
select m.marketplace, over.orders as over, soon.orders as soon, gone.orders as gone,
    gone.since as gone_since, unshown.orders as unshown, unshown.since as unshown_since
from unnest($2::text[]) as m (marketplace)
cross join lateral (
    select count(*)::int as orders from order_clock
    where channel_account = $1 and marketplace = m.marketplace and open and ship_by < $3
) as over
cross join lateral (
    select count(*)::int as orders from order_clock
    where channel_account = $1 and marketplace = m.marketplace and open and ship_by >= $3 and ship_by < $4 and left_at is null
) as soon
cross join lateral (
    select count(*)::int as orders, min(left_at) as since from order_clock
    where channel_account = $1 and marketplace = m.marketplace and open and left_at < $5
) as gone
cross join lateral (
    select count(*)::int as orders, min(told_at) as since from order_clock
    where channel_account = $1 and marketplace = m.marketplace and standing = 'open' and told_at < $5
) as unshown;
