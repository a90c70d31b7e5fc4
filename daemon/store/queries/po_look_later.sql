-- A look broke: it is made again then, and not for what the warehouse has said until now.
with seen as (
    update purchase_order_rest r set seen = s.revision
    from order_standing s
    where r.channel_account = $1 and r.number = $2 and s.account = r.account and s.order_reference = r.reference
)
update purchase_order
set look_at = $3, standing_seen = greatest(standing_seen, (
    select max(s.revision)
    from warehouse_order w join order_standing s on s.account = w.account and s.order_reference = w.order_reference
    where w.channel_account = $1 and w.channel_order_id = $2
))
where channel_account = $1 and number = $2;
