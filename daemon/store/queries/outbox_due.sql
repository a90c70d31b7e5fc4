select id, exchange, routing_key, message_id, body, partition_key from outbox order by id limit $1;
