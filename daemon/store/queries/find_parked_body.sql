select body, corrected_body, body_sealed, partition_key, body_hash from parked where id = $1
