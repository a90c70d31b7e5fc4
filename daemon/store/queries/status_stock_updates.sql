select channel_account as account, warehouse, id as update, state, items, transaction_id as transaction, sent_at as sent, answer
from stock_update where ended_at is null
order by channel_account, id;
