select
    id, kind, subject, owner, question, options, default_option, default_at, detail::text as detail, raised_at,
    decided, decided_by, decided_at, note, carried_out_at
from decision
where ($1::boolean is null or (decided is not null) = $1)
    and ($2::text is null or kind = $2)
    and ($3::text is null or owner = $3)
    and ($4::bigint is null or id = $4)
order by default_at nulls last, id
limit $5
