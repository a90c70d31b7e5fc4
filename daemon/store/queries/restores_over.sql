-- Listings of restores whose time is over: marked, so that the books alone count again.
insert into dirty (account, sku, marked_at)
select distinct l.account, l.sku, $1::timestamptz
from restore r
join publication p on p.restore_id = r.id
join listing l on l.id = p.listing_id
where r.until <= $1
order by l.account, l.sku
on conflict (sku, account) do nothing;
