select listing_id, velocity_class from demand where listing_id = any ($1::bigint[]);
