insert into case_pack (account, sku, version, eaches, since)
select account, sku, version, eaches, since
from jsonb_to_recordset($1::jsonb) as given (account text, sku text, version integer, eaches bigint, since timestamptz);
