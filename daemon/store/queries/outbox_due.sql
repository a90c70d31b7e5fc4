select id, exchange, routing_key, message_id, body from outbox order by id limit $1;
