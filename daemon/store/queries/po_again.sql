-- The order is to be answered anew: as things are now, as far as the retailer still takes corrections.
with withdrawn as (
    update purchase_order_said
    set state = 'withdrawn', look_at = null
    where channel_account = $1 and number = $2 and state = 'refused'
)
update purchase_order
set state = 'received', answered_version = 0, decided = '', decided_by = '', decided_version = 0, look_at = $3
where channel_account = $1 and number = $2 and state <> 'ended'
returning number;
