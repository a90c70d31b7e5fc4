-- A mapping, a pack or a cost has changed: what waits is looked at again.
update purchase_order set look_at = $2
where channel_account = $1 and state in ('received', 'held');
