update publication
set flight_id = null, flight_value = null, flight_state = null, flight_since = null, flight_over_at = null,
    told = $4, refused_value = $3, refused_reason = $5
where listing_id = $1 and flight_id = $2;
