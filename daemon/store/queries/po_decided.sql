-- What was decided about an order's answer; it is looked at again at once.
update purchase_order
set decided = $3, decided_by = $4, decided_version = version, look_at = $5
where channel_account = $1 and number = $2 and state in ('received', 'held') and version = $6
returning number;
