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
where e.id = any ($1::bigint[])
order by e.id
for update of e
