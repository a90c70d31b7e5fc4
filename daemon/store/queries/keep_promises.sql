update promise set settled_at = $3
from unnest($1::text[], $2::text[]) as kept (kind, subject)
where promise.kind = kept.kind and promise.subject = kept.subject and promise.settled_at is null
