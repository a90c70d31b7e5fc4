-- Answers that something is to be found out about, the oldest first.
select channel_account, number, sequence, version, decided_by, acknowledgement, explained, state, transaction_id, attempt,
    sent_at, look_at, text
from purchase_order_said
where channel_account = $1 and look_at <= $2 and state in ('unsent', 'unknown', 'processing', 'presumed')
order by look_at, number
limit $3;
