-- The warehouse's answer to a command of ours about an order; late and repeated answers change nothing.
with answered as (
    update effect
    set state = $2, reason = case when $2 = 'refused' then 'command_refused' else '' end, detail = $3, due = $4,
        settled_at = $4
    where lane = 'orders' and request_id = $1 and state in ('sent', 'unknown')
    returning id, state, detail
),
noted as (
    insert into effect_history (effect_id, at, state, note) select id, $4, state, detail from answered
)
select id from answered
