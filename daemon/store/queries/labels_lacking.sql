-- Of these orders, those that are not released yet and whose label for this very version is not there.
select s.channel_account, s.channel_order_id
from sales_order s
left join label l using (channel_account, channel_order_id)
where (s.channel_account, s.channel_order_id) in (select * from unnest($1::text[], $2::text[]))
    and s.state = 'ready' and not (l.state is not distinct from 'ready' and l.version = s.version)
