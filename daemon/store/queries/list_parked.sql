select
    id, reason, detail, origin, exchange, routing_key, message_id, source, partition_key, headers::text as headers,
    content_type, octet_length(body) as stored_bytes, body_sealed, body_hash, trace, deliveries, parked_at, state,
    settled_at, settled_by, note, corrected_body is not null as corrected
from parked
where ($1::text is null or state = $1)
    and ($2::text is null or reason = $2)
    and ($3::text is null or origin = $3)
    and ($4::timestamptz is null or parked_at >= $4)
    and ($5::text is null or partition_key = $5 or starts_with(partition_key, $5 || '/'))
    and ($6::bigint[] is null or id = any($6))
order by id
limit $7
