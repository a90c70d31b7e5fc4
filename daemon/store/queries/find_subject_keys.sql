select subject, sealed_key from subject_key where subject = any ($1::text[])
