insert into edi_interchange (file_id, partner, direction, sender, number, test, at, content_hash, state, faults)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
returning id;
