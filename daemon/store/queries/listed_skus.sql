-- What is sold, in the order in which marks are locked: a piece after ($1, $2).
select distinct account, sku from listing where (account, sku) > ($1, $2) order by account, sku limit $3;
