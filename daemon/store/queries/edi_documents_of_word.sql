-- Documents of ours that a partner's application speaks of: by control numbers, else the newest of that reference. Locked.
select id, code, interchange, group_number, number, key, state, at, look_at, text
from edi_document
where partner = $1 and direction = 'out'
    and (($2 <> '' and group_number = $2 and number = $3) or ($2 = '' and $3 <> '' and number = $3)
         or ($2 = '' and $3 = '' and key = $4 and $4 <> ''))
order by id desc limit 1 for update;
