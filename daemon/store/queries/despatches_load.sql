select d.account, d.despatch_id, d.revision
from despatch d
join unnest($1::text[], $2::text[]) as given (account, despatch_id) using (account, despatch_id)
