-- Answers that something is to be found out about, the oldest first.
select s.channel_account, s.number, s.sequence, s.version, s.decided_by, s.acknowledgement, s.explained, s.state,
    s.transaction_id, s.attempt, s.sent_at, s.look_at, s.text
from purchase_order_said s join purchase_order o using (channel_account, number)
where s.channel_account = $1 and o.transport = $4 and s.look_at <= $2 and s.state in ('unsent', 'unknown', 'made', 'processing', 'presumed')
order by s.look_at, s.number
limit $3;
