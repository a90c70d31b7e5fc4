select sku from clarus_seen where tenant = $1 and product_id = $2 order by sweep desc limit 1;
