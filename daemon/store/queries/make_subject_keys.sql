-- The idle update makes an existing row come back, and locks it, so that nobody drops the key while we seal.
insert into subject_key (subject, sealed_key, made_at)
select subject, sealed_key, $3
from unnest($1::text[], $2::bytea[]) as fresh (subject, sealed_key)
order by subject
on conflict (subject) do update set subject = excluded.subject
returning subject, sealed_key
