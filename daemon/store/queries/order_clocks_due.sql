select channel_account, channel_order_id, marketplace, standing, ordered_at, updated_at, ship_by, left_at, told_at, shipped_at
from order_clock
where due_at <= $1
order by due_at
limit $2
for update skip locked;
