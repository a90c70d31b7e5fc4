-- Whose stock it was told to send, and where the warehouse has it.
select account, status from warehouse_order where channel_account = $1 and channel_order_id = $2;
