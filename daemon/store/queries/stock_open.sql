-- First sight of these SKUs. Another writer may have been quicker: then its row stands.
insert into stock (account, warehouse, sku, source, epoch)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
on conflict (account, warehouse, sku) do nothing;
