select subject, body
from channel_report
where channel_account = $1 and report_type = $2 and body is not null
order by begun_at desc
limit 1;
