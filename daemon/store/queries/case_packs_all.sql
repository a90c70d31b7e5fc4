-- The newest version of each.
select distinct on (account, sku) account, sku, version, eaches, since
from case_pack
order by account, sku, version desc;
