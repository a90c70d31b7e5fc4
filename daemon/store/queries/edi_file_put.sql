-- It is there: from now on its documents wait for the partner's word.
with put as (
    update edi_file set state = 'put', put_at = $2 where id = $1 returning id
)
update edi_document d set state = 'put', at = $2, look_at = $3
from edi_interchange i, put
where i.file_id = put.id and d.interchange_id = i.id and d.state = 'waiting';
