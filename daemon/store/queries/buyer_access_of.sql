-- The newest first. Null: of any subject.
select subject, reader, why, first_at, last_at, times
from buyer_access
where $1::text[] is null or subject = any ($1)
order by last_at desc, subject, why
limit $2
