insert into listing (
    channel_account, marketplace, seller_sku, account, sku, pack_size, buffer_units, imported_at
)
select channel_account, $2, seller_sku, $3, sku, pack_size, buffer_units, $4
from jsonb_to_recordset($1::jsonb) as given (
    channel_account text, seller_sku text, sku text, pack_size integer, buffer_units bigint
);
