-- Files that wait to be put, in the order in which they were made.
select id, name, content from edi_file
where partner = $1 and direction = 'out' and state = 'waiting'
order by id limit $2;
