update purchase_order_change
set state = $4, why = $5, version = $6, late = $7, word = $8
where channel_account = $1 and number = $2 and place = $3;
