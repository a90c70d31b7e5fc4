-- The same bytes once more: it is one document, however often it is put.
update edi_file set state = 'waiting' where id = $1 and direction = 'out' and state = 'put' returning name;
