update warehouse_order set look_at = $3, waits_for = $4 where channel_account = $1 and channel_order_id = $2
