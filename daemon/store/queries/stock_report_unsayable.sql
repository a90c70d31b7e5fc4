update publication set not_before = $2 where listing_id = any ($1::bigint[]);
