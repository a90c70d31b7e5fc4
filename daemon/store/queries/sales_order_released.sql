update sales_order
set state = 'released', released_version = greatest(released_version, $3), released_at = coalesce(released_at, $4)
where channel_account = $1 and channel_order_id = $2;
