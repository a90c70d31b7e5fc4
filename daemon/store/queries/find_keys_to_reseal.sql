-- Keys of subjects that one of these master keys (version and fingerprint) has sealed.
select subject, sealed_key
from subject_key
where substring(sealed_key from 1 for 9) = any ($1::bytea[])
order by subject
limit $2
for update
