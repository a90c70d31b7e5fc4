select l.channel_account as account,
    case when p.told is null or p.desired < p.told then 'lowering' when p.desired = p.told then 'again' else 'raise' end as class,
    count(*)::int as listings, min(p.untold_since) as oldest
from publication p join listing l on l.id = p.listing_id
where p.untold_since is not null
group by 1, 2;
