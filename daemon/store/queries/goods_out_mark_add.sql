insert into clarus_goods_out_mark (tenant, order_reference, marked_at, due_at, cancelled)
select $1, order_reference, $3, $3, $4 from unnest($2::text[]) as m (order_reference) order by order_reference
on conflict (tenant, order_reference) do update
set marked_at = greatest(clarus_goods_out_mark.marked_at, excluded.marked_at),
    due_at = least(clarus_goods_out_mark.due_at, excluded.due_at),
    cancelled = clarus_goods_out_mark.cancelled or excluded.cancelled,
    first_look = false,
    version = clarus_goods_out_mark.version + 1;
