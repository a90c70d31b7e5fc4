with changed as (
    update effect e
    set state = given.state, needs_order = given.needs_order, called_off = given.called_off, reason = given.reason,
        detail = given.detail, waits_for = given.waits_for, payload = given.payload,
        request_hash = given.request_hash, due = given.due, reads = given.reads, over_at = given.over_at,
        request_id = given.request_id,
        settled_at = case
            when given.state in ('accepted', 'live', 'refused', 'withdrawn', 'dead') then coalesce(e.settled_at, $2)
        end
    from jsonb_to_recordset($1::jsonb) as given (
        id bigint, state text, needs_order boolean, called_off boolean, reason text, detail text, waits_for text,
        payload jsonb, request_hash text, due timestamptz, reads integer, over_at timestamptz, request_id text
    )
    where e.id = given.id
    returning e.id, e.state, e.reason, e.detail, e.called_off
)
insert into effect_history (effect_id, at, state, note)
select id, $2, state, concat_ws(': ', nullif(reason, ''), nullif(detail, ''), case when called_off then 'called off' end)
from changed
