-- What a look at an order found.
update purchase_order
set state = $3, answered_version = $4, account = $5, reasons = $6, overdrawn = $7, look_at = $8,
    ended_at = case when $3 = 'ended' then coalesce(ended_at, $9::timestamptz) end
where channel_account = $1 and number = $2;
