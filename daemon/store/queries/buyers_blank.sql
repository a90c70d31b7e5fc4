-- The sealed bytes themselves, which nobody can open any more.
with orders as (
    update sales_order set ship_to = null, raw = null
    where (channel_account, channel_order_id) in (select * from unnest($1::text[], $2::text[]))
    returning channel_account, channel_order_id
),
labels as (
    update label set file = null
    where (channel_account, channel_order_id) in (select * from orders) and file is not null
)
update warehouse_order set told_to = null
where (channel_account, channel_order_id) in (select * from orders) and told_to is not null
