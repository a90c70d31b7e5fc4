select id, state, begun_at, due_at, asked_at, requests, partner_id, document_id, tries, reason
from channel_report
where channel_account = $1 and report_type = $2
order by begun_at desc, id desc
limit 1;
