-- The newest version is answered, or ($4 false) its answer was refused and it is not.
update purchase_order
set answered_version = case when $4 then $3 else 0 end,
    state = case when $4 then 'answered' else 'held' end,
    look_at = $5
where channel_account = $1 and number = $2 and version = $3 and state <> 'ended';
