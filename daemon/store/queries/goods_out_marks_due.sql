select order_reference, marked_at, cancelled, first_look, version from clarus_goods_out_mark
where tenant = $1 and due_at <= $2
order by due_at, order_reference
limit $3;
