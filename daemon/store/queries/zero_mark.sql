insert into dirty (account, sku, marked_at)
select account, sku, $2 from listing where id = $1
on conflict (sku, account) do update set marked_at = dirty.marked_at;
