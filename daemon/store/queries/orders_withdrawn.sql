-- Of these orders, by (stock owner, the warehouse's name): those that we took back ourselves.
select w.account, w.order_reference
from unnest($1::text[], $2::text[]) as k (account, order_reference)
join warehouse_order w on w.order_reference = k.order_reference and w.account = k.account
where w.status in ('withdrawn', 'cancelled');
