update sales_order
set accepted = accepted || $4::jsonb, check_at = $5
where channel_account = $1 and channel_order_id = $2 and version = $3
returning version;
