insert into reckoned (fingerprint, since) values ($1, $2)
on conflict (one) do update set fingerprint = excluded.fingerprint, since = excluded.since;
