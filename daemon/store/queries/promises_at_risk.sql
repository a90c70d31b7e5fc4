-- Promises of which three quarters of their time are gone, and which nobody has kept.
select kind, subject, owner, started_at, deadline
from promise
where settled_at is null and started_at + (deadline - started_at) * 0.75 < $1
order by deadline limit $2;
