-- Keys of parked bodies of which none came, or was settled, since $1.
with old as (
    select subject from subject_key k
    where subject not like 'order:%' and subject not like 'clarus-hook:%' and made_at < $1
        and not exists (
            select from parked p
            where case when p.partition_key <> '' then p.partition_key else 'message:' || p.body_hash end = k.subject
                and (p.parked_at >= $1 or p.settled_at >= $1)
        )
    order by subject
    limit $2
    for update skip locked
)
delete from subject_key using old where subject_key.subject = old.subject
