update publication set restore_id = null, restore_old = null, restore_value = null where listing_id = any ($1::bigint[]);
