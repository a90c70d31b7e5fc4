-- Sent, and nobody waits for the answer any more.
select id, kind, subject, unique_key, account, state, payload, reason, detail, due, deadline, attempt, reads, sent_at,
    over_at, holder, request_id, received_at
from effect
where lane = 'vendor_documents' and account = $1 and state = 'sent' and (sent_at < $2 or holder <> $3)
order by id
for update skip locked
