select d.id, d.partner, d.direction, d.code, d.interchange, d.number, d.key, d.state, d.at, d.look_at, d.text, f.id as file
from edi_document d join edi_interchange i on i.id = d.interchange_id join edi_file f on f.id = i.file_id
where ($1 = '' or d.partner = $1) and ($2 = '' or d.key = $2) and ($3 = '' or d.state = $3)
order by d.id desc limit $4;
