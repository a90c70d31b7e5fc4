delete from subject_key where subject = $1 returning subject
