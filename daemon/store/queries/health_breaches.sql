select channel_order_id, marketplace, clock, deadline, ended_at
from order_breach
where channel_account = $1 and deadline > $2
order by deadline desc
limit $3;
