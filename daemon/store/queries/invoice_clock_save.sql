-- A breach stays, though the same clock starts anew.
insert into invoice_clock as c (channel_account, number, started_at, due_at, warned, breached_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (channel_account, number, started_at) do update set
    due_at = excluded.due_at, warned = excluded.warned, stopped_at = null,
    breached_at = coalesce(c.breached_at, excluded.breached_at)
