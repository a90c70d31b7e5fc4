-- Doubts for this reason, by account and warehouse.
select s.account, s.warehouse, count(*)::int as skus, (array_agg(s.sku order by s.sku))[1:100] as first
from stock_trouble t
join stock s on s.id = t.stock_id
where t.doubt_reason = $1 and t.doubt_since is not null and s.warehouse = any ($2::text[])
group by s.account, s.warehouse;
