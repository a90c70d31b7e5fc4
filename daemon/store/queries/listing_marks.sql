-- What to mark so that these listings are computed anew.
select distinct account, sku from listing where id = any ($1::bigint[]) order by account, sku;
