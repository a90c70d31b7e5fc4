select id, partner, code, interchange, group_number, number, key, state, at, look_at, text
from edi_document where id = $1 and direction = 'out';
