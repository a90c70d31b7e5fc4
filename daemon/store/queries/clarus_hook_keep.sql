insert into clarus_hook (tenant, hook, content_hash, subject, body, headers, outcome, received_at, last_at)
values ($1, $2, $3, $4, $5, $6, '', $7, $7)
on conflict (tenant, hook, content_hash) do update set times = clarus_hook.times + 1, last_at = excluded.last_at
returning id, times, marked_at;
