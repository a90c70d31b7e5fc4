select l.format, l.file, s.subject
from label l
join sales_order s using (channel_account, channel_order_id)
where l.channel_account = $1 and l.channel_order_id = $2 and l.state in ('ready', 'used')
