-- Sent by somebody who is gone, or too long ago for anybody still to wait for the answer.
select e.id, e.kind, e.subject, e.unique_key, e.account, e.state, e.payload, e.reason, e.detail, e.due, e.deadline,
    e.attempt, e.reads, e.sent_at, e.over_at, e.holder, e.request_id, e.received_at
from effect e
where e.lane = 'orders' and e.state = 'sent' and e.account = any ($1::text[])
    and e.payload ->> 'warehouse' = any ($4::text[]) and (e.sent_at < $2 or not (e.holder = $3))
order by e.id
limit 200
