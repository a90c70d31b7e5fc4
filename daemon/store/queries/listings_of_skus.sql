select distinct l.channel_account, l.marketplace, l.seller_sku, l.account, l.sku, l.pack_size
from unnest($1::text[], $2::text[], $3::text[]) as given (channel_account, account, sku)
join listing l using (channel_account, account, sku)
