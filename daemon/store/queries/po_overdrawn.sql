-- Lines of which more was accepted than is there, by product.
select o.channel_account, o.number, l.line, l.account, l.sku
from purchase_order o
join purchase_order_line l on l.channel_account = o.channel_account and l.number = o.number and l.line = any (o.overdrawn)
where o.overdrawn <> '{}' and o.state <> 'ended'
order by l.account, l.sku, o.ordered_at, o.number, l.place
limit $1;
