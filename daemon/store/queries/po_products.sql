-- Which product each line is of, once it was judged.
select line, sku, unit, needs from purchase_order_line
where channel_account = $1 and number = $2 and sku <> '';
