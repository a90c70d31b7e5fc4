-- When each of the retailer's warehouses was reported last.
select warehouse, max(sent_at) as at from stock_update
where channel_account = $1 and state <> 'not_sent'
group by warehouse;
