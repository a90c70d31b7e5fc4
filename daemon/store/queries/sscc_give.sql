-- A code that comes again after its rest leaves whom it was given to before.
insert into sscc as s (sscc, subject, used_at)
select sscc, subject, $3 from unnest($1::text[], $2::text[]) as given (sscc, subject)
on conflict (sscc) do update set subject = excluded.subject, load_key = '', used_at = excluded.used_at
