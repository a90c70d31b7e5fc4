-- Keys of subjects that none of these master keys (version and fingerprint) has sealed, and some of their subjects.
select count(*)::int as keys, min(made_at) as since, (array_agg(subject order by subject))[1:5] as subjects
from subject_key
where substring(sealed_key from 1 for 9) <> all ($1::bytea[])
