-- Of these orders of the warehouse those that are goods outs of one purchase order, with all of that.
select k.account, k.order_reference, r.number, array_agg(every.reference order by every.part) as rests
from (select distinct * from unnest($1::text[], $2::text[]) as given (account, order_reference)) as k
join lateral (
    select channel_account, number from purchase_order_rest
    where reference = k.order_reference and account = k.account
    union
    select channel_account, number from purchase_order_rest
    where number = k.order_reference and account = k.account
) as r on true
join purchase_order_rest every on every.channel_account = r.channel_account and every.number = r.number
group by 1, 2, 3;
