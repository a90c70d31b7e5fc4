update clarus_goods_out_sweep
set started_at = null, cursor = null, finished_at = $3, next_at = $4
where tenant = $1 and sweep = $2;
