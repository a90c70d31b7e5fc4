select id, kind, subject, unique_key, account, state, payload, reason, detail, due, deadline, attempt, reads, sent_at,
    over_at, holder, request_id, received_at
from effect
where unique_key = any ($1::text[]) and lane = 'vendor_documents'
order by id
for update
