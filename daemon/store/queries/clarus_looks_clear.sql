delete from clarus_second_look l
using unnest($1::text[], $2::text[], $3::text[]) as k (account, warehouse, sku)
where l.account = k.account and l.warehouse = k.warehouse and l.sku = k.sku;
