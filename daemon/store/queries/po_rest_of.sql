select number from purchase_order_rest where channel_account = $1 and reference = $2;
