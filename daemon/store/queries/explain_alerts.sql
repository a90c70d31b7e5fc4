-- Alerts about one listing, open or not, newest first.
select kind, text, times, raised_at, resolved_at
from alert where cause = $1 order by raised_at desc limit $2;
