select channel_account, account, sku, begins, deal, ends, amount, currency
from agreed_cost
order by channel_account, account, sku, begins, deal;
