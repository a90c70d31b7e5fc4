insert into purchase_order_said (
    channel_account, number, sequence, version, decided_by, acknowledgement, explained, state, transaction_id, attempt,
    sent_at, look_at, text, holder
)
select channel_account, number, sequence, version, decided_by, acknowledgement, explained, state, transaction_id,
    attempt, sent_at, look_at, text, $2
from jsonb_to_record($1::jsonb) as given (
    channel_account text, number text, sequence integer, version integer, decided_by text, acknowledgement jsonb,
    explained jsonb, state text, transaction_id text, attempt integer, sent_at timestamptz, look_at timestamptz, text text
)
on conflict (channel_account, number, sequence) do update
set acknowledgement = excluded.acknowledgement, state = excluded.state, transaction_id = excluded.transaction_id, attempt = excluded.attempt,
    sent_at = excluded.sent_at, look_at = excluded.look_at, text = excluded.text, holder = excluded.holder;
