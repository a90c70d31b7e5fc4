select seller_sku, asin, barcode from catalogue_item where channel_account = $1 and marketplace = $2 order by seller_sku;
