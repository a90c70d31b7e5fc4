select id, warehouse, state, items, sent_at, transaction_id, request_id
from stock_update where channel_account = $1 and ended_at is null and look_at <= $2
order by look_at limit $3;
