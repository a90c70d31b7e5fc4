insert into clarus_mark (tenant, sku, marked_at, due_at)
select $1, sku, $3, $3 from unnest($2::text[]) as m (sku) order by sku
on conflict (tenant, sku) do update
set marked_at = greatest(clarus_mark.marked_at, excluded.marked_at),
    due_at = least(clarus_mark.due_at, excluded.due_at),
    version = clarus_mark.version + 1;
