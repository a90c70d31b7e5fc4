-- Read, and to be read again. A mark that rose meanwhile is due as it says itself.
update clarus_goods_out_mark m
set due_at = u.due_at
from unnest($2::text[], $3::bigint[], $4::timestamptz[]) as u (order_reference, version, due_at)
where m.tenant = $1 and m.order_reference = u.order_reference and m.version = u.version;
