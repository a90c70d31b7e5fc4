-- SKUs that have lost something on the way, and whether the grace is over.
select s.sku, t.doubt_since is not null as in_doubt
from stock_trouble t join stock s on s.id = t.stock_id
where t.doubt_since is not null or t.gap_since is not null;
