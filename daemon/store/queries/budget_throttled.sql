-- The partner counted more than we did: nothing is left, and nothing comes before $2 seconds have passed.
update budget
set tokens = 0, throttles = throttles + 1, counted_at = t.now,
    closed_until = t.now
        + greatest(make_interval(secs => $2::float8), closed_until - greatest(t.now, counted_at))
from (select clock_timestamp() as now) as t
where bucket = any ($1::text[]);
