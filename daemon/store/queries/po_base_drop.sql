delete from purchase_order_base where channel_account = $1 and number = $2;
