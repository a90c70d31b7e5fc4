-- A row of the labels' lane, with its history. It is written before its request leaves.
with written as (
    insert into effect as e (
        kind, subject, unique_key, lane, account, state, payload, reason, detail, due, attempt, sent_at, request_id,
        received_at, created_at, settled_at
    )
    select kind, subject, unique_key, 'labels', account, state, payload, reason, detail, due, attempt, sent_at,
        request_id, received_at, $2, case when state in ('live', 'refused', 'withdrawn', 'dead') then $2::timestamptz end
    from jsonb_to_record($1::jsonb) as one (
        kind text, subject text, unique_key text, account text, state text, payload jsonb, reason text, detail text,
        due timestamptz, attempt integer, sent_at timestamptz, request_id text, received_at timestamptz
    )
    on conflict (unique_key) do update set
        state = excluded.state, reason = excluded.reason, detail = excluded.detail, attempt = excluded.attempt,
        sent_at = excluded.sent_at, request_id = excluded.request_id, settled_at = excluded.settled_at
    returning e.id, e.state, e.reason, e.detail
)
insert into effect_history (effect_id, at, state, note)
select id, $2, state, concat_ws(': ', nullif(reason, ''), nullif(detail, '')) from written
