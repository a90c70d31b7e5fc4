-- These were told of in a load's notice.
insert into sscc as s (sscc, subject, load_key, used_at)
select sscc, '', $2, $3 from unnest($1::text[]) as sscc order by sscc
on conflict (sscc) do update set load_key = excluded.load_key, used_at = excluded.used_at
