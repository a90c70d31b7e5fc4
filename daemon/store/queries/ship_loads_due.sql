select channel_account, load_key, shipment, told, before, first_at, accepted, refused, effect_key, documents, lacks, asked,
    asked_notice, started_at, due_at, warned::float8 as warned, breached_at, look_at
from ship_load
where channel_account = $1 and look_at <= $2
order by look_at, load_key
limit $3
for update skip locked
