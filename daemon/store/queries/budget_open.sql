insert into budget (bucket, rate, burst, tokens, counted_at)
select bucket, rate, burst, burst, clock_timestamp()
from unnest($1::text[], $2::float8[], $3::float8[]) as b (bucket, rate, burst)
on conflict (bucket) do nothing;
