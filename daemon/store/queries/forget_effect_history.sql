-- The effects themselves stay: their unique keys keep an old event from being told again.
with old as (
    select effect_history.ctid as place
    from effect_history
    join effect on effect.id = effect_history.effect_id
    where effect.settled_at < $1 and effect_history.at < $1
    limit $2
)
delete from effect_history using old where effect_history.ctid = old.place
