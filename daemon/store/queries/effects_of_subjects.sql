select
    e.id, e.kind, e.subject, e.unique_key, e.account, e.state, e.payload, e.needs_order, e.called_off, e.reason, e.detail,
    e.waits_for, e.request_hash, e.due, e.deadline, e.after_effect, e.attempt, e.reads, e.sent_at, e.over_at, e.holder,
    e.request_id, e.received_at,
    case when earlier.state in ('accepted', 'live') then earlier.request_hash else '' end as told_hash
from effect e
left join effect earlier on earlier.id = e.after_effect
where e.subject = any ($1::text[])
order by e.id
for update of e
