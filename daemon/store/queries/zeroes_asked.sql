update publication p
set zero_asked_at = $2, zero_confirmed_at = null
from (select listing_id from publication where listing_id = any ($1::bigint[]) order by listing_id for update) as locked
where p.listing_id = locked.listing_id and p.zero_since is not null;
