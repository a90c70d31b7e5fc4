-- Classes of accounts in which a change has waited longer than it may, each with the listings that have waited longest.
-- $1: near zero, in channel units. $2 to $5: the oldest that is well for near_zero, lowering, raise and again.
select account, class, count(*)::int as listings, min(untold_since) as since,
    (array_agg(seller_sku order by untold_since))[1:20] as skus
from (
    select l.channel_account as account, l.seller_sku, p.untold_since,
        case when p.desired = p.told then 'again'
             when p.told is null or p.desired < p.told then case when p.desired <= $1 then 'near_zero' else 'lowering' end
             else 'raise' end as class
    from publication p join listing l on l.id = p.listing_id
    where p.untold_since is not null
) as each
where untold_since < case class
    when 'near_zero' then $2::timestamptz when 'lowering' then $3::timestamptz when 'raise' then $4::timestamptz
    else $5::timestamptz end
group by 1, 2
order by 1, 2;
