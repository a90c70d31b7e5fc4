-- Where the warehouse has an order.
select status, effect_key <> '' as asks from warehouse_order where channel_account = $1 and channel_order_id = $2
