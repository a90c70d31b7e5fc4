-- What other listings of the same SKU sell, in this listing's units a day, and what this one sells, in units and orders
-- a day. A rate counts half after $3 seconds.
with asked as (
    select l.id, l.sku, l.account, l.pack_size, l.channel_account
    from listing l where l.id = any ($1::bigint[])
), faded as (
    select l.id, l.sku, l.account, l.pack_size, d.per_day * f.left as per_day, d.orders_per_day * f.left as orders_per_day
    from listing l
    join demand d on d.listing_id = l.id
    cross join lateral (
        select power(0.5, greatest(0, extract(epoch from $2::timestamptz - d.counted_at)) / $3::float8) as left
    ) f
    where (l.sku, l.account) in (select a.sku, a.account from asked a)
)
select a.id as listing_id, a.channel_account,
    coalesce(sum(f.per_day * f.pack_size) filter (where f.id <> a.id) / a.pack_size, 0)::float8 as per_day,
    coalesce(sum(f.per_day) filter (where f.id = a.id), 0)::float8 as own_per_day,
    coalesce(sum(f.orders_per_day) filter (where f.id = a.id), 0)::float8 as own_orders_per_day
from asked a
left join faded f on f.sku = a.sku and f.account = a.account
group by a.id, a.channel_account, a.pack_size;
