-- The products that something is held of for an order.
select distinct p.account, p.sku
from open_line l join open_line_part p on p.line_id = l.id
where l.channel_account = $1 and l.channel_order_id = $2;
