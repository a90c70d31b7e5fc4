select bill_of_lading, load_key from ship_load
where bill_of_lading = $1 and load_key <> $2 and first_at > $3
limit 1
