-- Up to $2 tokens from every one of these buckets at once: as many as the emptiest of them has beyond $3 kept back.
-- $4 is the clock's factor. $5 calls have left and are not answered: they may all arrive at once, so they fill the
-- bucket's room until they are. Returns how many were granted, and the seconds until one more will be there.
with t as materialized (
    select clock_timestamp() as now
),
bucket as materialized (
    select
        b.bucket,
        b.rate * $4 as refill,
        least(b.burst - $5::int, b.tokens + greatest(0, extract(epoch from t.now - b.counted_at))::float8 * b.rate * $4) as there,
        greatest(0, extract(epoch from b.counted_at - t.now))::float8 as closed
    from budget b, t
    where b.bucket = any ($1::text[])
    order by b.bucket
    for update of b
),
granted as materialized (
    select
        case when count(*) < cardinality($1::text[]) then 0
             else greatest(0, least($2::int, floor(min(case when closed > 0 then 0 else there - $3 end))::int)) end as n,
        max(closed + greatest(0, 1 + $3 - there) / refill) as wait
    from bucket
),
taken as (
    update budget b
    set tokens = bucket.there - granted.n, counted_at = greatest(t.now, b.counted_at)
    from bucket, granted, t
    where b.bucket = bucket.bucket and bucket.closed = 0
)
select n as granted, case when n > 0 then 0 else coalesce(wait, 0) end as wait from granted;
