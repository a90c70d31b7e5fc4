update publication set zero_answer = $3 where listing_id = $1 and zero_since = $2;
