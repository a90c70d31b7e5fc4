insert into clarus_second_look (
    account, warehouse, sku, tenant, since, available, allocated, ordered, received, picked, number, rounds
)
select account, warehouse, sku, $1, since, available, allocated, ordered, received, picked, number, rounds
from unnest(
    $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
    $10::bigint[], $11::bigint[], $12::integer[]
) as l (account, warehouse, sku, since, available, allocated, ordered, received, picked, number, rounds)
on conflict (sku, account, warehouse) do update
set tenant = excluded.tenant, since = excluded.since, available = excluded.available, allocated = excluded.allocated,
    ordered = excluded.ordered, received = excluded.received, picked = excluded.picked, number = excluded.number,
    rounds = excluded.rounds;
