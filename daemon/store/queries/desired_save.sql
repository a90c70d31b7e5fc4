update publication p
set desired = u.desired, doubtful = u.doubtful, untold_since = u.untold_since,
    pool = coalesce(u.pool, p.pool), held_back = u.held_back, refused_value = case
        when p.desired is distinct from u.desired then null else p.refused_value end,
    desired_at = case when p.desired is distinct from u.desired then $5 else p.desired_at end
from unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::timestamptz[], $6::bigint[], $7::bigint[])
    as u (listing_id, desired, doubtful, untold_since, pool, held_back)
where p.listing_id = u.listing_id;
