-- What the warehouses have of these SKUs, locked against the intake, publications and whoever else secures of them: the
-- same unit is never promised twice. In the order of all locks of stock.
select s.account, s.sku, s.warehouse, s.available, coalesce(t.held_outflow, 0) as held_outflow,
    (t.gap_since is null and t.doubt_since is null) as may_rise, s.epoch, s.applied, s.level_time
from unnest($1::text[], $2::text[]) as k (account, sku)
join stock s on s.account = k.account and s.sku = k.sku
left join stock_trouble t on t.stock_id = s.id
order by s.account, s.warehouse, s.sku
for update of s;
