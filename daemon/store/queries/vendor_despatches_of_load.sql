select stage, data, at from vendor_despatch
where channel_account = $1 and load_keys @> array[$2::text]
order by despatch_id
