-- The request never counted: as if it had not been made, until $4.
update publication
set flight_id = null, flight_value = null, flight_state = null, flight_since = null, flight_over_at = null,
    told = $3, not_before = $4
where listing_id = $1 and flight_id = $2;
