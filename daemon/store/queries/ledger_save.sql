-- New rows and changed ones of one lane, each with its history. A row is written before its request leaves.
with given as (
    select * from jsonb_to_recordset($1::jsonb) as one (
        kind text, subject text, unique_key text, account text, state text, payload jsonb, reason text, detail text,
        due timestamptz, deadline timestamptz, attempt integer, reads integer, sent_at timestamptz, over_at timestamptz,
        holder text, request_id text, received_at timestamptz
    )
),
written as (
    insert into effect as e (
        kind, subject, unique_key, lane, account, state, payload, reason, detail, due, deadline, attempt, reads, sent_at,
        over_at, holder, request_id, received_at, created_at, settled_at
    )
    select kind, subject, unique_key, $3, account, state, payload, reason, detail, due, deadline, attempt, reads,
        sent_at, over_at, holder, request_id, received_at, $2,
        case when state in ('accepted', 'live', 'refused', 'withdrawn', 'dead') then $2::timestamptz end
    from given
    on conflict (unique_key) do update set
        state = excluded.state, reason = excluded.reason, detail = excluded.detail, due = excluded.due,
        deadline = excluded.deadline, attempt = excluded.attempt, reads = excluded.reads, sent_at = excluded.sent_at,
        over_at = excluded.over_at, holder = excluded.holder, request_id = excluded.request_id,
        settled_at = case
            when excluded.state in ('accepted', 'live', 'refused', 'withdrawn', 'dead')
                then coalesce(e.settled_at, excluded.settled_at)
        end
    returning e.id, e.unique_key, e.state, e.reason, e.detail
),
noted as (
    insert into effect_history (effect_id, at, state, note)
    select id, $2, state, concat_ws(': ', nullif(reason, ''), nullif(detail, '')) from written
)
select id, unique_key from written
