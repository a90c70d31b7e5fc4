-- The whole order was sent anew: what changed the one before is part of it, or is gone with it.
update purchase_order_change
set state = 'superseded', word = ''
where channel_account = $1 and number = $2 and state in ('applied', 'refused');
