-- Open orders in the order in which they must be on their way. $3 ship-by from, $4 up to, $5 skipped, $6 at most.
select channel_order_id, ship_by, left_at
from order_clock
where channel_account = $1 and marketplace = $2 and open and ship_by >= $3 and ship_by < $4
order by ship_by
offset $5 limit $6;
