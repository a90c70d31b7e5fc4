-- $3: no sweep that ended after this is followed so soon.
update clarus_goods_out_sweep
set next_at = least(next_at, greatest($2::timestamptz, coalesce(finished_at, $3::timestamptz) + ($2::timestamptz - $3::timestamptz)))
where tenant = $1;
