-- Reports that counted as taken, and that the partner refuses after all.
select u.id, u.warehouse, u.state, u.items, u.sent_at, u.transaction_id, u.request_id
from edi_document d
join stock_update u on u.transaction_id = 'edi-' || d.id and u.channel_account = $2 and u.state = 'in_effect'
where d.partner = $1 and d.direction = 'out' and d.code = $3 and d.state in ('rejected', 'denied')
order by u.id
limit $4
for update of u;
