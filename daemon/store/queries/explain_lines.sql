-- What channels have sold of a SKU and no stock reading covers yet.
select l.channel_account, l.channel_order_id, l.ordered_at,
    ((p.ordered - p.cancelled - p.withdrawn) * p.per_unit)::bigint as eaches
from open_line_part p join open_line l on l.id = p.line_id
where p.account = $1 and p.sku = $2 and p.closed_at is null
order by l.ordered_at desc limit $3;
