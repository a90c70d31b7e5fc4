-- Loads for people: what waits first, then the newest.
select channel_account, load_key, shipment, told is not null as told, accepted, effect_key <> '' as under_way, lacks, due_at,
    breached_at is not null as breached
from ship_load
where ($1::text is null or channel_account = $1)
order by accepted, due_at nulls last, changed_at desc
limit $2
