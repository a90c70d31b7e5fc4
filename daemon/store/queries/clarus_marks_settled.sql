delete from clarus_mark m
using unnest($2::text[], $3::bigint[]) as u (sku, version)
where m.tenant = $1 and m.sku = u.sku and m.version = u.version;
