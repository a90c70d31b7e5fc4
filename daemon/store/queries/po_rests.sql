select reference from purchase_order_rest where channel_account = $1 and number = $2 order by part;
