-- Up to $2 tokens from every one of these buckets at once: as many as the emptiest of them has beyond $3 kept back.
-- $4 is the clock's factor. $5 calls have left and are not answered: they may all arrive at once, so they fill the
-- bucket's room until they are. Returns how many were granted, and the seconds until one more will be there.
-- The time is read once the rows are ours, so a count never lies ahead of it, unless the clock was put back: such a
-- bucket is counted from now on with what it had, and a closure keeps the length that it had left.
with ours as materialized (
    select bucket, rate * $4 as refill, burst, tokens, counted_at, closed_until
    from budget
    where bucket = any ($1::text[])
    order by bucket
    for update
),
t as materialized (
    select clock_timestamp() as now, count(*) as buckets from ours
),
bucket as materialized (
    select
        ours.bucket, ours.refill,
        least(
            ours.burst - $5::int,
            ours.tokens
            + greatest(0, extract(epoch from t.now - greatest(ours.counted_at, ours.closed_until)))::float8 * ours.refill
        ) as there,
        greatest(0, extract(epoch from ours.closed_until - greatest(t.now, ours.counted_at)))::float8 as closed
    from ours, t
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
    set tokens = bucket.there - granted.n, counted_at = t.now,
        closed_until = case when bucket.closed > 0 then t.now + make_interval(secs => bucket.closed) end
    from bucket, granted, t
    where b.bucket = bucket.bucket
)
select n as granted, case when n > 0 then 0 else coalesce(wait, 0) end as wait from granted;
