update clarus_sweep
set sweep = sweep + 1, started_at = $2, cursor = null, pages = 0, rows_seen = 0, moved = false
where tenant = $1
returning sweep, started_at, cursor, pages, rows_seen, moved, finished_at, next_at;
