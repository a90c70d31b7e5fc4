update edi_file set state = $2, detail = $3 where id = $1;
