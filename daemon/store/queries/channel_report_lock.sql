select id, state, begun_at, due_at, asked_at, requests, partner_id, document_id, tries, reason
from channel_report
where id = $1
for update;
