-- One row per account: the baseline of $2 is begun once. Whether there is something to mark.
insert into baseline (channel_account, due_at, marked)
values ($1, $2, true)
on conflict (channel_account) do update
set due_at = greatest(baseline.due_at, excluded.due_at),
    marked = baseline.marked and baseline.due_at >= excluded.due_at
returning not marked as open;
