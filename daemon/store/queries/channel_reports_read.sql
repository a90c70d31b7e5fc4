select distinct on (channel_account) channel_account, coalesce(asked_at, begun_at) as asked_at, content
from channel_report
where channel_account = any ($1::text[]) and report_type = $2 and state = 'read'
order by channel_account, begun_at desc;
