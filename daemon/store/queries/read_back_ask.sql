-- When each of these listings is read next, and why: the last word of whoever told it.
update publication set read_back_at = $2, read_back_why = $3, read_backs = 0 where listing_id = any ($1::bigint[]);
