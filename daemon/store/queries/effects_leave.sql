-- $1 are about to be told: a row before it is a request. $4 are about to be read: nobody else looks until $5.
with told as (
    update effect
    set state = 'sent', attempt = attempt + 1, sent_at = $2, over_at = null, holder = $3
    where id = any ($1::bigint[])
    returning id, attempt
),
looked_at as (
    update effect set due = $5, holder = $3 where id = any ($4::bigint[])
)
insert into effect_history (effect_id, at, state, note)
select id, $2, 'sent', 'attempt ' || attempt || ' by ' || $3 from told
