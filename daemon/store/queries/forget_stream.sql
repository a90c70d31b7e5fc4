-- The oldest rows only, and never one that is not yet relayed.
with oldest as (
    select position, recorded_at from stock_stream order by position limit $2
),
unrelayed as (
    select min(recorded_at) as since from stock_outbox
)
delete from stock_stream
using oldest, unrelayed
where stock_stream.position = oldest.position
    and oldest.recorded_at < $1
    and oldest.recorded_at < coalesce(unrelayed.since, 'infinity')
