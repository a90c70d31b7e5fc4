insert into catalogue_walk (channel_account, marketplace, run, state, begun_at, next_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (channel_account, marketplace) do update
set run = excluded.run, state = excluded.state, next_at = excluded.next_at,
    begun_at = case when catalogue_walk.run < excluded.run then excluded.begun_at else catalogue_walk.begun_at end;
