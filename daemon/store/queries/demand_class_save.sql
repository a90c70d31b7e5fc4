-- A class that has changed since it was read stays as it was.
update demand d
set velocity_class = u.velocity_class
from unnest($1::bigint[], $2::text[], $3::text[]) as u (listing_id, before, velocity_class)
where d.listing_id = u.listing_id and d.velocity_class = u.before
returning d.listing_id;
