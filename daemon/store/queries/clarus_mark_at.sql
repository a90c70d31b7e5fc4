-- Second looks that a sweep asks for: no reason newer than the first look.
insert into clarus_mark (tenant, sku, marked_at, due_at)
select $1, sku, marked_at, due_at
from unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) as m (sku, marked_at, due_at)
order by sku
on conflict (tenant, sku) do update
set due_at = least(clarus_mark.due_at, excluded.due_at), version = clarus_mark.version + 1;
