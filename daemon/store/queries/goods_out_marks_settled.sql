delete from clarus_goods_out_mark m
using unnest($2::text[], $3::bigint[]) as u (order_reference, version)
where m.tenant = $1 and m.order_reference = u.order_reference and m.version = u.version;
