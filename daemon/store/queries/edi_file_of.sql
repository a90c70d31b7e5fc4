select id, partner, direction, name, content, at, state, detail from edi_file where id = $1;
