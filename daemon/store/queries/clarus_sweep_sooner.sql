-- $3: no sweep that ended after this is followed so soon. One that is under way may be past the product: again after it.
update clarus_sweep
set next_at = case when started_at is null
        then least(next_at, greatest($2::timestamptz, finished_at + ($2::timestamptz - $3::timestamptz)))
        else next_at end,
    moved = moved or started_at is not null
where tenant = $1;
