with written as (
    insert into effect (
        kind, subject, unique_key, lane, account, state, needs_order, called_off, reason, detail, waits_for, payload,
        request_hash, due, deadline, after_effect, after_keys, attempt, reads, received_at, created_at, settled_at
    )
    select
        kind, subject, unique_key, $2, account, state, needs_order, called_off, reason, detail, waits_for, payload,
        request_hash, due, deadline, after_effect, after_keys, attempt, reads, received_at, $3,
        case when state in ('accepted', 'live', 'refused', 'withdrawn', 'dead') then $3::timestamptz end
    from jsonb_to_recordset($1::jsonb) as given (
        kind text, subject text, unique_key text, account text, state text, needs_order boolean, called_off boolean,
        reason text, detail text, waits_for text, payload jsonb, request_hash text, due timestamptz,
        deadline timestamptz, after_effect bigint, after_keys text[], attempt integer, reads integer, received_at timestamptz
    )
    returning id, state, reason
)
insert into effect_history (effect_id, at, state, note)
select id, $3, state, reason from written
