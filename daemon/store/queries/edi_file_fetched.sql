-- A file as it came; nothing where the same was archived before.
insert into edi_file (partner, direction, name, content, sha256, at, state)
values ($1, 'in', $2, $3, $4, $5, 'fetched')
on conflict (partner, name, sha256) where direction = 'in' do nothing
returning id;
