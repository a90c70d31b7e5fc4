select bucket, rate, burst, throttles,
    least(burst, tokens + greatest(0, extract(epoch from clock_timestamp() - counted_at)) * rate) as tokens,
    closed_until > clock_timestamp() as closed
from budget order by bucket;
