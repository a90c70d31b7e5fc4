-- A request that had been overtaken has ended: the newest value is told again from $2 on.
update publication set tell_again_at = $2 where listing_id = $1 and tell_again_at is not null;
