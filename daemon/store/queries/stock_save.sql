-- One batch: balances, stream, the outbox row that names the batch, and dirty marks, together or not at all.
-- Answers how many balances were still at the version they were read at; the caller rolls back unless all were.
-- The mark's update locks it: whoever takes the mark away waits for this commit, and then sees this balance.
with batch as (
    select nextval('stock_batch') as id
),
balance as (
    update stock s
    set version = u.version + 1, epoch = u.epoch, applied = u.applied, number = u.number,
        available = u.available, allocated = u.allocated, ordered = u.ordered,
        received = u.received, picked = u.picked, held = u.held,
        last_time = u.last_time, level_time = u.level_time
    from unnest(
        $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
        $9::bigint[], $10::bigint[], $11::bigint[], $12::timestamptz[], $13::timestamptz[]
    ) as u (
        id, version, epoch, applied, number, available, allocated, ordered, received, picked, held, last_time, level_time
    )
    where s.id = u.id and s.version = u.version
    returning 1
),
stream as (
    insert into stock_stream (
        position, stock_id, number, epoch, sequence, kind, event_id, occurred_at, recorded_at,
        available, allocated, ordered, received, picked, held
    )
    select
        batch.id * 1000000 + e.place, e.stock_id, e.number, e.epoch, e.sequence, e.kind, e.event_id, e.occurred_at, $27,
        e.available, e.allocated, e.ordered, e.received, e.picked, e.held
    from batch, unnest(
        $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::text[], $19::text[], $20::timestamptz[],
        $21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[], $25::bigint[], $26::bigint[]
    ) with ordinality as e (
        stock_id, number, epoch, sequence, kind, event_id, occurred_at,
        available, allocated, ordered, received, picked, held, place
    )
),
relay as (
    insert into stock_outbox (batch, partition, recorded_at)
    select batch.id, $28, $27 from batch where cardinality($14::bigint[]) > 0
),
marks as (
    insert into dirty (account, sku, marked_at)
    select account, sku, $27 from unnest($29::text[], $30::text[]) as m (account, sku)
    on conflict (sku, account) do update set marked_at = dirty.marked_at
)
select count(*)::int from balance;
