-- Whose keys seal what is held of the buyers of these orders: the orders' own, those of parked messages and of webhooks
-- about them.
with named as (
    select s.subject, s.channel_account, s.channel_order_id, s.order_reference,
        array_remove(array[s.channel_account, s.cleared ->> 'account', w.account], null) as accounts,
        coalesce(w.goods_out_id, '') as goods_out_id
    from sales_order s
    left join warehouse_order w using (channel_account, channel_order_id)
    where (s.channel_account, s.channel_order_id) in (select * from unnest($1::text[], $2::text[]))
),
told_by_clarus as (
    select 'clarus-hook:' || g.tenant || '/goods_out/' || g.goods_out_id as subject
    from named n
    join clarus_goods_out g on g.order_reference = n.order_reference
)
select subject from named
union
select account || '/' || reference
from named, unnest(accounts) as account, unnest(array[order_reference, channel_order_id]) as reference
union
select subject from told_by_clarus
