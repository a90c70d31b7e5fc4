-- One page further; nothing where another replica has taken the sweep over or begun it anew.
update clarus_goods_out_sweep
set cursor = $4, rows_seen = rows_seen + $5
where tenant = $1 and sweep = $2 and cursor is not distinct from $3 and started_at is not null
returning 1;
