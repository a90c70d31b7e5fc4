-- What listings of any channel make these names of; a stock owner's kit is the same wherever it is sold.
select distinct l.account, l.sku, l.components
from unnest($1::text[], $2::text[]) as given (account, sku)
join listing l on l.sku = given.sku and l.account = given.account
where l.components <> '[]';
