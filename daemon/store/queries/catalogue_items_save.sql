insert into catalogue_item (channel_account, marketplace, seller_sku, asin, barcode, run)
select distinct on (seller_sku) $1, $2, seller_sku, asin, barcode, $6::bigint
from unnest($3::text[], $4::text[], $5::text[]) as i (seller_sku, asin, barcode)
order by seller_sku
on conflict (channel_account, marketplace, seller_sku) do update
set asin = excluded.asin, barcode = excluded.barcode, run = excluded.run;
