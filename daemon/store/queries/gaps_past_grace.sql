-- SKUs whose gap has lasted longer than the grace, of these partitions' healthy owners.
select s.account, s.warehouse, s.sku
from stock_trouble t join stock s on s.id = t.stock_id
where t.gap_since < $1 and t.doubt_since is null
order by s.account, s.warehouse, s.sku
limit $2;
