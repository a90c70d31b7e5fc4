-- What alerts and gauges say of zeroes: held, by why, and those told whose rule wants it known.
select l.channel_account as account,
    case when p.told = 0 then 'told' else p.zero_hold end as why,
    count(*)::int as listings, min(p.zero_since) as since, (array_agg(l.seller_sku order by l.seller_sku))[:1000] as skus
from publication p join listing l on l.id = p.listing_id
where p.zero_since is not null and p.desired = 0
    and ((p.told is distinct from 0 and p.zero_hold is not null and coalesce(p.zero_hold_until > $1, true))
        or (p.told = 0 and p.zero_ruled = 'alert'))
group by 1, 2
order by 1, 2;
