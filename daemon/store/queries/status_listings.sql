-- The listings that have been untold or untrue for longest.
select l.channel_account as account, l.seller_sku, p.desired, p.told, p.accepted, p.live,
    case when p.refused_value is not null then 'refused' when p.foreign_value is not null then 'foreign'
         when p.untold_since is not null then 'untold' else 'not live' end as why,
    coalesce(p.untold_since, p.accepted_since) as since
from publication p join listing l on l.id = p.listing_id
where p.untold_since is not null or (p.read_backs > 0 and p.live is distinct from p.accepted)
order by coalesce(p.untold_since, p.accepted_since)
limit $1;
