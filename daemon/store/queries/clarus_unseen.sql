-- Balances that the books know in what a tenant shows, and that its sweep $1 did not.
select s.sku
from stock s
where s.warehouse = any ($3::text[]) and s.account = any ($4::text[]) and s.available > 0
    and not exists (
        select from clarus_seen n
        where n.account = s.account and n.warehouse = s.warehouse and n.sku = s.sku and n.tenant = $2 and n.sweep >= $1
    )
group by s.sku
order by s.sku;
