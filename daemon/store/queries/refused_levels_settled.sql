-- Refusals of a level whose SKU has come out of doubt by itself since, as the alerts name them.
select distinct r.account, r.warehouse, r.sku
from level_request r
join stock s on s.account = r.account and s.warehouse = r.warehouse and s.sku = r.sku
left join stock_trouble t on t.stock_id = s.id and t.doubt_since is not null
where r.answer like 'refused:%' and t.stock_id is null
