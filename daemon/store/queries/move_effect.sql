-- Only an effect that still waits for a person, or is still unknown, moves by a decision.
with moved as (
    update effect set
        state = $2,
        reason = $3,
        detail = $4,
        waits_for = '',
        due = $5,
        reads = 0,
        over_at = null,
        settled_at = case when $2 = 'refused' then $5::timestamptz end
    where id = $1 and state in ('held', 'unknown')
    returning id, kind, subject, account, lane, attempt, request_id
),
noted as (
    insert into effect_history (effect_id, at, state, note)
    select id, $5, $2, $4 from moved
)
select * from moved
