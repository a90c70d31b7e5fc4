select subject, sealed_key
from subject_key
where not starts_with(encode(sealed_key, 'hex'), encode($1::bytea, 'hex'))
order by subject
limit $2
for update
