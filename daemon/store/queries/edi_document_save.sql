insert into edi_document
    (interchange_id, partner, direction, code, interchange, group_number, number, key, state, at, look_at, text, said_hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
returning id;
