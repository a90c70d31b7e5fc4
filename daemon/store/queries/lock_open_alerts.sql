select alert.id
from alert
join unnest($1::text[], $2::text[]) as wanted (kind, cause)
    on alert.kind = wanted.kind and alert.cause = wanted.cause and alert.resolved_at is null
order by alert.kind, alert.cause
for update of alert
