select count(*)::int from order_clock
where channel_account = $1 and marketplace = $2 and open and ship_by < $3;
