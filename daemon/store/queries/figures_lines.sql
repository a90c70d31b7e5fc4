select l.channel_account as account, count(*)::int as lines
from open_line_part p join open_line l on l.id = p.line_id
where p.closed_at is null
group by 1;
