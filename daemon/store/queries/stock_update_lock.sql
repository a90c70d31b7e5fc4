select id, warehouse, state, items, sent_at, transaction_id, request_id
from stock_update where id = $1 and ended_at is null for update;
