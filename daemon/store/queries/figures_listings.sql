-- Changes that were not told, by account and class. $1: channel units that count as near zero.
select l.channel_account as account,
    case when p.desired = p.told then 'again'
         when p.told is null or p.desired < p.told then case when p.desired <= $1 then 'near_zero' else 'lowering' end
         else 'raise' end as class,
    count(*)::int as listings, min(p.untold_since) as oldest
from publication p join listing l on l.id = p.listing_id
where p.untold_since is not null
group by 1, 2;
