insert into outbox (exchange, routing_key, message_id, body, recorded_at)
select exchange, routing_key, message_id, body, $5
from unnest($1::text[], $2::text[], $3::text[], $4::bytea[])
    with ordinality as message (exchange, routing_key, message_id, body, place)
order by place
