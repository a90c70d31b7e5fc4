-- What accepted notices tell of an order.
select s.line, sum(s.amount)::int as amount
from ship_load_line s
join ship_load l on l.channel_account = s.channel_account and l.load_key = s.load_key
where s.channel_account = $1 and s.number = $2 and l.accepted
group by s.line
