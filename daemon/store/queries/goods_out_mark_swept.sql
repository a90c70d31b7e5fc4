-- $4: the reason is as old as that; $5: shown by the first sweep of all.
insert into clarus_goods_out_mark (tenant, order_reference, marked_at, due_at, first_look)
select $1, order_reference, $4, $3, $5 from unnest($2::text[]) as m (order_reference) order by order_reference
on conflict (tenant, order_reference) do update
set due_at = least(clarus_goods_out_mark.due_at, excluded.due_at),
    version = clarus_goods_out_mark.version + 1;
