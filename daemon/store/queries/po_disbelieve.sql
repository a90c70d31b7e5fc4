update purchase_order set believe_next = false where channel_account = $1 and number = $2;
