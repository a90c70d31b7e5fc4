-- Sent, and too long ago for anybody to wait for the answer, or by another than $5, who works on the account no more:
-- nobody will write what came of them. Without $5 by their time alone.
select s.channel_account, s.number, s.sequence, s.version, s.decided_by, s.acknowledgement, s.explained, s.state,
    s.transaction_id, s.attempt, s.sent_at, s.look_at, s.text
from purchase_order_said s join purchase_order o using (channel_account, number)
where s.channel_account = $1 and o.transport = $4 and s.state = 'sent' and (s.sent_at < $2 or s.holder <> $5)
order by s.sent_at
limit $3;
