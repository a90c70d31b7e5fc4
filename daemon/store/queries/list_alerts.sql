select
    id, kind, cause, subject, owner, severity, text, detail::text as detail, deadline, times, raised_at, last_at,
    resolved_at
from alert
where ($1::boolean is null or (resolved_at is not null) = $1)
    and ($2::text is null or kind = $2)
    and ($3::text is null or owner = $3)
    and ($4::text is null or severity = $4)
    and ($5::bigint is null or id = $5)
order by
    resolved_at desc nulls first, array_position(array['critical', 'error', 'warning', 'info'], severity),
    deadline nulls last, raised_at, id
limit $6
