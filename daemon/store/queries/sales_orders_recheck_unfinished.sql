-- Locked by whoever calls it. What is cleared with the address of its newest change has nothing to wait for.
update sales_order
set check_at = $3
where channel_account = $1 and channel_order_id = any ($2::text[]) and check_at is null and state <> 'ended'
    and (cleared_version < version or ship_to_of is null or ship_to_of < updated_at);
