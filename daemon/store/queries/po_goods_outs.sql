-- What the warehouse was told of these goods outs, and where it has them.
select channel_order_id as reference, status, told from warehouse_order
where channel_account = $1 and channel_order_id = any ($2::text[]);
