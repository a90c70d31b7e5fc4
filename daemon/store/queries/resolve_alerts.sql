with wanted as (
    select * from unnest($1::text[], $2::text[]) with ordinality as wanted (kind, cause, place)
),
locked as (
    select alert.id
    from wanted
    join alert on alert.kind = wanted.kind and alert.cause = wanted.cause and alert.resolved_at is null
    order by wanted.place
    for update of alert
),
resolved as (
    update alert set resolved_at = $3
    from locked
    where alert.id = locked.id
    returning alert.*
),
noted as (
    insert into alert_history (alert_id, at, what, text)
    select id, $3, 'resolved', 'the cause is gone' from resolved
)
select id, kind, cause, subject, owner, severity, text, detail::text as detail, deadline, raised_at, resolved_at
from resolved
order by id
