-- Per account and step the most urgent that are due, of each subject only the first that is not settled.
select
    due.*
from unnest($1::text[], $2::text[], $3::int[]) as wanted (account, step, n)
cross join lateral (
    select
    e.id, e.kind, e.subject, e.unique_key, e.account, e.state, e.payload, e.needs_order, e.called_off, e.reason, e.detail,
    e.waits_for, e.request_hash, e.due, e.deadline, e.after_effect, e.attempt, e.reads, e.sent_at, e.over_at, e.holder,
    e.request_id, e.received_at,
    (
        select case when b.state = 'refused' then '' else b.request_hash end
        from effect b
        where b.subject = e.subject and b.id < e.id and (b.state in ('accepted', 'live') or b.reason = 'give_up')
        order by b.id desc
        limit 1
    ) as told_hash,
    array(select l.state from effect l where l.subject = e.subject and l.id > e.id) as later
    from effect e
    where e.lane = $4 and e.account = wanted.account and e.step = wanted.step and e.due <= $5
        and not exists (
            select from effect b
            where b.subject = e.subject and b.id < e.id
                and b.state in ('blocked', 'held', 'waiting', 'sent', 'unknown')
        )
        and (e.after_keys = '{}' or not exists (
            select from effect a
            where a.unique_key = any (e.after_keys) and a.kind = e.kind
                and a.state in ('blocked', 'held', 'waiting', 'sent', 'unknown')
        ))
    order by e.deadline, e.due, e.id
    limit wanted.n
    for update of e skip locked
) as due
order by due.deadline, due.due, due.id
