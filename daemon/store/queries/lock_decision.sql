select
    id, kind, subject, owner, question, options, default_option, default_at, detail::text as detail, raised_at,
    decided, decided_by, decided_at, note, carried_out_at
from decision
where id = $1
for update
