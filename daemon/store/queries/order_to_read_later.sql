update order_to_read set not_before = $3 where channel_account = $1 and channel_order_id = $2;
