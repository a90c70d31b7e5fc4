update stock_update
set state = $2, look_at = $3, ended_at = $4, answer = $5, transaction_id = $6, request_id = $7
where id = $1;
