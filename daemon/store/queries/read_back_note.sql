-- What a reading showed, and when the next one is made.
update publication
set live = $2, live_at = $3, read_back_at = $4, read_back_why = $5,
    proven_at = case when $6 then coalesce(proven_at, $3) else proven_at end,
    read_backs = least($7::int, 1000), foreign_value = $8,
    mended_at = case when $9 then $3 else mended_at end,
    tell_again_at = case when $9 then greatest(tell_again_at, $3) else tell_again_at end
where listing_id = $1;
