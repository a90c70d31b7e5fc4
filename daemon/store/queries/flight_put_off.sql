-- The request never counted: as if it had not been made, until $4. Where it was to settle what may or may not have
-- arrived ($5), that is as open as before: told again then, whatever is wanted by then.
update publication
set flight_id = null, flight_value = null, flight_state = null, flight_since = null, flight_over_at = null,
    told = $3, not_before = $4, tell_again_at = case
        when not $5::boolean then tell_again_at
        when flight_value = $3 then least(tell_again_at, $4)
        else coalesce(tell_again_at, $4) end
where listing_id = $1 and flight_id = $2;
