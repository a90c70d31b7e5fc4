-- By when an order must be answered; the order is locked.
select due_at from purchase_order
where channel_account = $1 and number = $2
for update;
