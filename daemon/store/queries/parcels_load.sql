select p.account, p.despatch_id, p.parcel_id, p.revision, p.package_reference, p.content, p.withdrawn
from parcel p
join unnest($1::text[], $2::text[]) as given (account, despatch_id) using (account, despatch_id)
