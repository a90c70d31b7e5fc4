select channel_account, kind, code, account, sku, pack_size
from product_code
order by channel_account, kind, code;
