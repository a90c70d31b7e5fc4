update publication_attempt set state = $2, ended_at = $3, answer = $4, request_id = $5
where id = $1 and state in ('sent', 'unknown')
returning listing_id, value, told_before, overtakes;
