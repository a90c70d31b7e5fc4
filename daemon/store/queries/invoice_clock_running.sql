select started_at, due_at, warned::float8 as warned, breached_at from invoice_clock
where channel_account = $1 and number = $2 and stopped_at is null
