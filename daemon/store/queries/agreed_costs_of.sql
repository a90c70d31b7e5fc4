select c.channel_account, c.account, c.sku, c.begins, c.deal, c.ends, c.amount, c.currency
from unnest($2::text[], $3::text[]) as k (account, sku)
join agreed_cost c on c.account = k.account and c.sku = k.sku
where c.channel_account = $1
order by c.account, c.sku, c.begins, c.deal;
