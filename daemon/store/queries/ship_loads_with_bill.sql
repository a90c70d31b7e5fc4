select bill_of_lading, load_key from ship_load
where bill_of_lading = $1 and load_key <> $2 and first_at > $3 and ($4 = '' or not starts_with(load_key, $4))
limit 1
