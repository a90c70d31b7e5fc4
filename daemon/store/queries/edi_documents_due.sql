select id, code, interchange, group_number, number, key, state, at, look_at, text
from edi_document
where partner = $1 and look_at <= $2
order by look_at limit $3 for update skip locked;
