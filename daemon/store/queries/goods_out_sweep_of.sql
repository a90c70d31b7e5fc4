select sweep, started_at, window_from, window_to, cursor, rows_seen, finished_at, next_at
from clarus_goods_out_sweep where tenant = $1;
