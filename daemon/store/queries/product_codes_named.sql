select channel_account, kind, code, account, sku, pack_size
from product_code
join unnest($2::text[], $3::text[]) as given (kind, code) using (kind, code)
where channel_account in ($1, '*');
