-- A listing that was corrected: what the channel refused may be taken now, and where more than the quantity changed
-- it has to be told again although the quantity is the same.
update publication p
set refused_value = null, refused_reason = '',
    tell_again_at = case when c.tell_again then greatest(p.tell_again_at, $3) else p.tell_again_at end
from unnest($1::bigint[], $2::boolean[]) as c (listing_id, tell_again)
where p.listing_id = c.listing_id and (p.refused_value is not null or c.tell_again);
