update publication
set flight_state = 'unknown', flight_over_at = $3, read_back_at = $4, read_back_why = 'unknown', read_backs = 0
where listing_id = $1 and flight_id = $2;
