-- What was asked for and credited of an order, oldest first; what was given up does not count.
select number, kind, credits, document from invoice
where channel_account = $1 and purchase_order = $2 and cancelled_at is null
order by issued_at, number
