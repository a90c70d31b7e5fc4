-- The next file to read of this partner.
select id, name, content, at from edi_file
where partner = $1 and direction = 'in' and state = 'fetched'
order by id limit 1;
