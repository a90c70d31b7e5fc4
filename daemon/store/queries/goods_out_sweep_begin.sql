update clarus_goods_out_sweep
set sweep = sweep + 1, started_at = $2, window_from = $3, window_to = $4, cursor = null, rows_seen = 0
where tenant = $1
returning sweep, started_at, window_from, window_to, cursor, rows_seen, finished_at, next_at;
