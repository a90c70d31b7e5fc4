-- A person has seen that there is none, or that what blocked it is right: bought anew. Of one that is paid and has no file, the
-- address and lines that it was bought for are forgotten, so that it is taken back first.
update label set
    state = case when state = 'bought' then state else 'blocked' end,
    version = case when state = 'bought' then 0 else version end,
    made_for = '', why = '', tries = 0, look_at = $3, changed_at = $3
where channel_account = $1 and channel_order_id = $2 and state in ('held', 'blocked', 'bought')
returning channel_order_id
