-- The partner counted more than we did: nothing is left, and nothing comes before $2 seconds have passed.
update budget
set tokens = 0, throttles = throttles + 1,
    counted_at = greatest(counted_at, clock_timestamp() + make_interval(secs => $2::float8)),
    closed_until = clock_timestamp() + make_interval(secs => $2::float8)
where bucket = any ($1::text[]);
