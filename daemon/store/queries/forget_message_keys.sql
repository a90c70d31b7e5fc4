-- Keys that sealed one message alone, once that message is gone. Keys of orders stay: other bodies may use them.
delete from subject_key
where subject in (
    select subject_key.subject
    from subject_key
    where starts_with(subject_key.subject, 'message:')
        and subject_key.made_at < $1
        and not exists (select from parked where 'message:' || parked.body_hash = subject_key.subject)
    limit $2
)
