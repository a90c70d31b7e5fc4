insert into buyer_access (subject, reader, why, day, first_at, last_at)
select subject, $2, $3, ($4::timestamptz at time zone 'UTC')::date, $4, $4
from unnest($1::text[]) as read (subject)
order by subject
on conflict (subject, reader, why, day) do update
set last_at = excluded.last_at, times = buyer_access.times + 1
