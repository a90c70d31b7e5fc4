delete from subject_key
where subject in (select subject from subject_key where subject = any ($1::text[]) order by subject for update)
returning subject
