select channel_order_id, asked_at, sales_order.state is not null as known
from order_to_read
left join sales_order using (channel_account, channel_order_id)
where channel_account = $1 and not_before <= $2
order by ship_by nulls first, channel_order_id
limit $3;
