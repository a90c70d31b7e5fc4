select channel_account, number, sequence, version, decided_by, acknowledgement, explained, state, transaction_id, attempt,
    sent_at, look_at, text
from purchase_order_said
where channel_account = $1 and number = $2
order by sequence;
