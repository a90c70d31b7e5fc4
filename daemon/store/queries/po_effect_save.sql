-- The same answer as a row of the ledger, with its history. It is written before its request leaves.
with written as (
    insert into effect as e (
        kind, subject, unique_key, lane, account, state, payload, reason, detail, due, deadline, attempt, sent_at,
        request_id, received_at, created_at, settled_at
    )
    values (
        'po_acknowledge', $1, $2, 'vendor', $3, $4, $5, $6, $7, $8, $9, $10, $8, $11, $8, $12,
        case when $4 in ('live', 'refused', 'withdrawn', 'dead') then $12::timestamptz end
    )
    on conflict (unique_key) do update set
        state = excluded.state, reason = excluded.reason, detail = excluded.detail, attempt = excluded.attempt,
        sent_at = excluded.sent_at, request_id = excluded.request_id, settled_at = excluded.settled_at
    returning e.id, e.state, e.reason, e.detail
)
insert into effect_history (effect_id, at, state, note)
select id, $12, state, concat_ws(': ', nullif(reason, ''), nullif(detail, '')) from written;
