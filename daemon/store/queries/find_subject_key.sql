select sealed_key from subject_key where subject = $1
