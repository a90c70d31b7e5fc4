update publication set live = $2, live_at = $3, read_back_at = $4 where listing_id = $1;
