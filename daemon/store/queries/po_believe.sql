update purchase_order
set believe_next = true
where channel_account = $1 and number = $2 and state <> 'ended'
returning number;
