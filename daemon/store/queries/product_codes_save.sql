insert into product_code (channel_account, kind, code, account, sku, pack_size, imported_at)
select channel_account, kind, code, account, sku, pack_size, $2
from jsonb_to_recordset($1::jsonb) as given (
    channel_account text, kind text, code text, account text, sku text, pack_size integer
)
on conflict (channel_account, kind, code) do update
set account = excluded.account, sku = excluded.sku, pack_size = excluded.pack_size,
    imported_at = excluded.imported_at;
