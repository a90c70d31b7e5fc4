-- Listings whose SKU no warehouse of ours has ever reported, by channel account.
select l.channel_account, array_agg(l.sku order by l.sku) as skus
from listing l
where not l.stopped and not exists (select 1 from stock s where s.account = l.account and s.sku = l.sku)
group by l.channel_account;
