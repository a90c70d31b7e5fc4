insert into outbox (exchange, routing_key, message_id, body, partition_key, recorded_at)
select exchange, routing_key, message_id, body, partition_key, $6
from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[])
    with ordinality as message (exchange, routing_key, message_id, body, partition_key, place)
order by place
