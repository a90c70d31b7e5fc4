update publication
set flight_id = null, flight_value = null, flight_state = null, flight_since = null, flight_over_at = null,
    accepted = $3, accepted_at = $4, accepted_since = coalesce(untold_since, flight_since, $4), proven_at = null,
    read_back_at = $5, read_back_why = 'lowering', read_backs = 0, not_before = null, refused_value = null,
    refused_reason = '', untold_since = case when desired is not distinct from $3 then null else untold_since end
where listing_id = $1 and flight_id = $2;
