select kind, subject, unique_key, account, state, payload, reason, detail, due, attempt, sent_at, request_id, received_at
from effect
where unique_key = $1 and lane = 'labels'
for update
