-- A person has seen that there is none: bought anew.
update label set state = 'blocked', why = '', look_at = $3, changed_at = $3
where channel_account = $1 and channel_order_id = $2 and state in ('held', 'blocked')
returning channel_order_id
