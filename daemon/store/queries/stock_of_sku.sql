-- Every warehouse's key of these (account, SKU), for a doubt that names no warehouse.
select s.account, s.warehouse, s.sku
from unnest($1::text[], $2::text[]) as k (account, sku)
join stock s on s.account = k.account and s.sku = k.sku
order by s.account, s.warehouse, s.sku;
