-- Listings of which some SKU was never reported by any warehouse of ours, by channel account.
select l.channel_account, array_agg(distinct needed.sku order by needed.sku) as skus
from listing l
cross join lateral (
    select l.sku where l.components = '[]'
    union all
    select k.sku from kit_component k where k.listing_id = l.id
) as needed
where not l.stopped and not exists (select 1 from stock s where s.account = l.account and s.sku = needed.sku)
group by l.channel_account;
