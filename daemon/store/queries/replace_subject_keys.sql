update subject_key set sealed_key = resealed.sealed_key
from unnest($1::text[], $2::bytea[]) as resealed (subject, sealed_key)
where subject_key.subject = resealed.subject
