select sku, marked_at, version from clarus_mark where tenant = $1 and due_at <= $2 order by due_at, sku limit $3;
