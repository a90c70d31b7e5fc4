-- A webhook goes with the key that sealed it.
with gone as (
    delete from clarus_hook
    where id in (select id from clarus_hook where last_at < $1 order by last_at limit $2)
    returning tenant, hook, content_hash
)
delete from subject_key using gone
where subject_key.subject = 'clarus-hook:' || gone.tenant || '/' || gone.hook || '/' || gone.content_hash;
