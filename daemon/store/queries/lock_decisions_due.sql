select
    id, kind, subject, owner, question, options, default_option, default_at, detail::text as detail, raised_at,
    decided, decided_by, decided_at, note, carried_out_at
from decision
where decided is null and default_option is not null and default_at <= $1
order by id
limit $2
for update skip locked
