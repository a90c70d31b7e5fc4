select bucket, rate, burst, throttles,
    least(burst, tokens + greatest(0, extract(epoch from clock_timestamp() - greatest(counted_at, closed_until))) * rate)
        as tokens,
    coalesce(closed_until > clock_timestamp(), false) as closed
from budget order by bucket;
