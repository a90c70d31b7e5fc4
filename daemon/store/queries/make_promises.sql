-- Making one again changes nothing while it is open; one that was kept starts anew.
insert into promise (kind, subject, owner, started_at, deadline)
select kind, subject, owner, $5, deadline
from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) as made (kind, subject, owner, deadline)
order by kind, subject
on conflict (kind, subject) do update
set owner = excluded.owner, started_at = excluded.started_at, deadline = excluded.deadline, settled_at = null
where promise.settled_at is not null
