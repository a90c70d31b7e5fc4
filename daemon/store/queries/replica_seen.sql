insert into replica (name, roles, seen_at) values ($1, $2, clock_timestamp())
on conflict (name) do update set roles = excluded.roles, seen_at = excluded.seen_at;
