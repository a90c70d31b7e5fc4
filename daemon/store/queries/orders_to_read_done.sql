delete from order_to_read where channel_account = $1 and channel_order_id = any ($2::text[]) and asked_at <= $3;
