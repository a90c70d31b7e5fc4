insert into edi_file (partner, direction, name, content, sha256, at, state)
values ($1, 'out', $2, $3, $4, $5, 'waiting')
returning id;
