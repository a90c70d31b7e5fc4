-- What has left for these orders and has not come back.
select stage, data, at from vendor_despatch
where channel_account = $1 and number = $2 and stage = 'completed'
order by despatch_id
