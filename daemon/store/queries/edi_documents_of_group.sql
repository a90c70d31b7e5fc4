-- Documents of ours that a partner's word is about: by group, or by interchange where no group is named. Locked.
select id, code, interchange, group_number, number, key, state, at, look_at, text
from edi_document
where partner = $1 and direction = 'out'
    and (($2 <> '' and group_number = $2) or ($2 = '' and interchange = $3))
order by id for update;
