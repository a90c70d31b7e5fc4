update sales_order
set state = 'ended', ended_at = coalesce(ended_at, $3), check_at = null
where channel_account = $1 and channel_order_id = $2;
