insert into stock_update (channel_account, warehouse, state, items, sent_at, look_at, holder)
values ($1, $2, 'sent', $3, $4, $5, $6)
returning id;
