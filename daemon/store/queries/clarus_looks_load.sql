select k.place, l.since, l.available, l.allocated, l.ordered, l.received, l.picked, l.number, l.rounds
from unnest($1::text[], $2::text[], $3::text[]) with ordinality as k (account, warehouse, sku, place)
join clarus_second_look l on l.account = k.account and l.warehouse = k.warehouse and l.sku = k.sku;
