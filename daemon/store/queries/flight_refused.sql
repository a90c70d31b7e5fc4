-- Where it was to settle what may or may not have arrived ($6), that is as open as before: another value is told
-- although it may have been told already, and this one once it may be tried again.
update publication
set flight_id = null, flight_value = null, flight_state = null, flight_since = null, flight_over_at = null,
    told = $4, refused_value = $3, refused_reason = $5,
    tell_again_at = case when $6::boolean then coalesce(tell_again_at, $7) else tell_again_at end
where listing_id = $1 and flight_id = $2;
