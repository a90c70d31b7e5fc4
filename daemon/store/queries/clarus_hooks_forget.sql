-- The key of a record goes with the last webhook that it seals.
with gone as (
    delete from clarus_hook
    where id in (select id from clarus_hook where last_at < $1 order by last_at limit $2)
    returning id, subject
)
delete from subject_key
where subject in (select subject from gone)
    and not exists (
        select from clarus_hook h where h.subject = subject_key.subject and h.id not in (select id from gone)
    );
