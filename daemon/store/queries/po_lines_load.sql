select document, account, sku, unit, step from purchase_order_line
where channel_account = $1 and number = $2
order by place;
