-- A message parked again is the same row, counted, and open again if it had been settled.
with wanted as (
    select *
    from unnest(
        $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::text[], $11::bytea[], $12::boolean[], $13::text[], $14::text[], $15::integer[], $16::integer[]
    ) as wanted (
        reason, detail, origin, exchange, routing_key, message_id, source, partition_key, headers, content_type,
        body, body_sealed, body_hash, trace, deliveries, place
    )
),
before as (
    select parked.id, parked.state
    from parked
    join wanted using (origin, body_hash, message_id)
),
written as (
    insert into parked (
        reason, detail, origin, exchange, routing_key, message_id, source, partition_key, headers, content_type,
        body, body_sealed, body_hash, trace, deliveries, parked_at
    )
    select
        reason, detail, origin, exchange, routing_key, message_id, source, partition_key, headers::jsonb,
        content_type, body, body_sealed, body_hash, trace, deliveries, $17
    from wanted
    order by origin, body_hash, message_id
    on conflict (origin, body_hash, message_id) do update set
        reason = excluded.reason,
        detail = excluded.detail,
        body = excluded.body,
        body_sealed = excluded.body_sealed,
        headers = excluded.headers,
        partition_key = excluded.partition_key,
        trace = excluded.trace,
        deliveries = greatest(parked.deliveries + 1, excluded.deliveries),
        parked_at = case when parked.state = 'parked' then parked.parked_at else excluded.parked_at end,
        state = 'parked',
        settled_at = null,
        corrected_body = null
    returning id, origin, body_hash, message_id, deliveries, parked_at
)
select
    wanted.place, written.id, written.deliveries, written.parked_at,
    coalesce(before.state <> 'parked', true) as is_news
from written
join wanted using (origin, body_hash, message_id)
left join before on before.id = written.id
order by wanted.place
