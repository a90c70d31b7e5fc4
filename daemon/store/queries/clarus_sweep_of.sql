select sweep, started_at, cursor, pages, rows_seen, moved, finished_at, next_at from clarus_sweep where tenant = $1;
