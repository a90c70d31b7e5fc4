-- Which of these this sweep had shown before: then pages changed while they were read.
with before as (
    select count(*)::int as again
    from unnest($1::text[], $2::text[], $3::text[]) as k (account, warehouse, sku)
    join clarus_seen s on s.account = k.account and s.warehouse = k.warehouse and s.sku = k.sku and s.sweep = $6
),
noted as (
    insert into clarus_seen (account, warehouse, sku, tenant, product_id, sweep)
    select account, warehouse, sku, $5, product_id, $6
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as k (account, warehouse, sku, product_id)
    on conflict (sku, account, warehouse) do update
    set tenant = excluded.tenant, product_id = excluded.product_id, sweep = excluded.sweep
)
select again from before;
