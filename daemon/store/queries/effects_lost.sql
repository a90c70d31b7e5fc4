-- Sent by somebody who is gone, or too long ago for anybody still to wait for the answer.
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
where e.state = 'sent' and e.lane = $1 and (
    e.sent_at < $2
    or not exists (
        select from replica r
        where r.name = e.holder and r.seen_at > clock_timestamp() - make_interval(secs => $3::float8)
    )
)
order by e.id
limit $4
for update of e skip locked
