-- Given in the order in which marks are locked. A mark that is there keeps its age.
insert into dirty (account, sku, marked_at)
select account, sku, $3 from unnest($1::text[], $2::text[]) as m (account, sku)
on conflict (account, sku) do update set marked_at = dirty.marked_at;
