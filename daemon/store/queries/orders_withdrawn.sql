-- Of these goods outs of orders, by (id, stock owner, the warehouse's name): those that we took back ourselves, and those
-- in whose place the order has another.
select k.goods_out_id
from unnest($1::text[], $2::text[], $3::text[]) as k (goods_out_id, account, order_reference)
join warehouse_order w on w.order_reference = k.order_reference and w.account = k.account
where w.status in ('withdrawn', 'cancelled') or w.goods_out_id not in ('', k.goods_out_id);
