update publication set tell_again_at = $2 where listing_id = any ($1::bigint[]);
