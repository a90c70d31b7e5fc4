-- One batch: balances, stream, the outbox row that names the batch, and dirty marks, together or not at all.
-- The mark's update locks it: whoever takes the mark away waits for this commit, and then sees this balance.
with batch as (
    select nextval('stock_batch') as id
),
balance as (
    update stock s
    set epoch = u.epoch, applied = u.applied, number = u.number,
        available = u.available, allocated = u.allocated, ordered = u.ordered,
        received = u.received, picked = u.picked, held = u.held,
        last_time = u.last_time, level_time = u.level_time
    from unnest(
        $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
        $9::bigint[], $10::bigint[], $11::timestamptz[], $12::timestamptz[]
    ) as u (id, epoch, applied, number, available, allocated, ordered, received, picked, held, last_time, level_time)
    where s.id = u.id
),
stream as (
    insert into stock_stream (
        position, stock_id, number, epoch, sequence, kind, event_id, occurred_at, recorded_at,
        available, allocated, ordered, received, picked, held
    )
    select
        batch.id * 1000000 + e.place, e.stock_id, e.number, e.epoch, e.sequence, e.kind, e.event_id, e.occurred_at, $26,
        e.available, e.allocated, e.ordered, e.received, e.picked, e.held
    from batch, unnest(
        $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::text[], $18::text[], $19::timestamptz[],
        $20::bigint[], $21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[], $25::bigint[]
    ) with ordinality as e (
        stock_id, number, epoch, sequence, kind, event_id, occurred_at,
        available, allocated, ordered, received, picked, held, place
    )
),
relay as (
    insert into stock_outbox (batch, partition, recorded_at)
    select batch.id, $27, $26 from batch where cardinality($13::bigint[]) > 0
)
insert into dirty (account, sku, marked_at)
select account, sku, $26 from unnest($28::text[], $29::text[]) as m (account, sku)
on conflict (account, sku) do update set marked_at = dirty.marked_at;
