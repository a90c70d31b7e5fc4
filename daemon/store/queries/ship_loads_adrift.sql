-- Loads whose document a person has given up: looked at again.
select l.load_key from ship_load l
join effect e on e.unique_key = l.effect_key
where l.channel_account = $1 and l.effect_key <> '' and e.state in ('refused', 'withdrawn', 'dead')
order by l.load_key
