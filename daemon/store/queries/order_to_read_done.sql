delete from order_to_read where channel_account = $1 and channel_order_id = $2 and asked_at <= $3;
