update publication set read_back_at = $2 where listing_id = any ($1::bigint[]);
