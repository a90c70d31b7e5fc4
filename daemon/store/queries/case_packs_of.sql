select distinct on (c.account, c.sku) c.account, c.sku, c.version, c.eaches, c.since
from unnest($1::text[], $2::text[]) as k (account, sku)
join case_pack c on c.account = k.account and c.sku = k.sku
order by c.account, c.sku, c.version desc;
