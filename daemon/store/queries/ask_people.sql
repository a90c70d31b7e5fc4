-- One open question per (kind, subject): asking it again changes nothing.
insert into decision (kind, subject, owner, question, options, default_option, default_at, detail, raised_at)
select $1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9
on conflict (kind, subject) where decided is null do nothing
