insert into dirty (account, sku, marked_at)
select distinct l.account, l.sku, $2::timestamptz
from publication p join listing l on l.id = p.listing_id
where p.restore_id = $1
order by l.account, l.sku
on conflict (sku, account) do nothing;
