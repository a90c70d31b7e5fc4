update sales_order
set raw = coalesce(given.raw, sales_order.raw), ship_to = coalesce(given.ship_to, sales_order.ship_to)
from unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[]) as given (channel_account, channel_order_id, raw, ship_to)
where sales_order.channel_account = given.channel_account
    and sales_order.channel_order_id = given.channel_order_id;
