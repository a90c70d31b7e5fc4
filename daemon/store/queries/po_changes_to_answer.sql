select number, place from purchase_order_change
where channel_account = $1 and word = 'due'
order by number, place
limit $2;
