-- When it last came to an end stays as it was.
update clarus_sweep set started_at = null, cursor = null, next_at = $3 where tenant = $1 and sweep = $2;
