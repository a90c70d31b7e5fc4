update publication p set restore_value = u.value
from unnest($1::bigint[], $2::bigint[]) as u (listing_id, value)
where p.listing_id = u.listing_id and p.restore_value is distinct from u.value;
