update edi_document set state = $2, look_at = $3, text = $4 where id = $1;
