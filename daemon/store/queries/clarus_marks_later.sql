-- Read, and to be read again. A mark that rose meanwhile is due as it says itself.
update clarus_mark m
set due_at = u.due_at
from unnest($2::text[], $3::bigint[], $4::timestamptz[]) as u (sku, version, due_at)
where m.tenant = $1 and m.sku = u.sku and m.version = u.version;
