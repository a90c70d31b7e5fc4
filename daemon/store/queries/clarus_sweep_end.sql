update clarus_sweep
set started_at = null, cursor = null, finished_at = $3,
    next_at = case when moved then $4::timestamptz else $5::timestamptz end
where tenant = $1 and sweep = $2
returning moved;
