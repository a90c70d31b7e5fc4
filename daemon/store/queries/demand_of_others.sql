-- What other listings of the same SKU sell, in this listing's units a day. A rate counts half after $3 seconds.
select l.id as listing_id, (sum(
        d.per_day * power(0.5, greatest(0, extract(epoch from $2::timestamptz - d.counted_at)) / $3::float8) * other.pack_size
    ) / l.pack_size)::float8 as per_day
from listing l
join listing other on other.sku = l.sku and other.account = l.account and other.id <> l.id
join demand d on d.listing_id = other.id
where l.id = any ($1::bigint[])
group by l.id, l.pack_size;
