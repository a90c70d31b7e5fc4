update purchase_order set look_at = $3 where channel_account = $1 and number = $2;
