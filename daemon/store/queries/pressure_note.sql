insert into publication_pressure (channel_account, waiting, noted_at)
values ($1, $2, $3)
on conflict (channel_account) do update set waiting = excluded.waiting, noted_at = excluded.noted_at;
