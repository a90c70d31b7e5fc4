-- Doubts in warehouses that we read, whose level was asked for and that no mark stands for yet.
insert into clarus_mark (tenant, sku, marked_at, due_at)
select $1, s.sku, max(t.asked_at), $3
from stock_trouble t
join stock s on s.id = t.stock_id
where t.doubt_since is not null and t.command_id is not null and s.warehouse = any ($2::text[]) and s.account = any ($4::text[])
    and not exists (select from clarus_mark m where m.tenant = $1 and m.sku = s.sku and m.marked_at >= t.asked_at)
group by s.sku
order by s.sku
on conflict (tenant, sku) do update
set marked_at = greatest(clarus_mark.marked_at, excluded.marked_at),
    due_at = least(clarus_mark.due_at, excluded.due_at),
    version = clarus_mark.version + 1;
