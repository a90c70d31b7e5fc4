-- What a look has to ask for: references, and the products of the version that would be told. No lock.
select s.channel_account, s.channel_order_id, s.order_reference, s.cleared ->> 'account' as account,
    w.account as known_account,
    array(select distinct line ->> 'sku' from jsonb_array_elements(s.cleared -> 'lines') as line) as skus
from sales_order s
left join warehouse_order w using (channel_account, channel_order_id)
where (s.channel_account, s.channel_order_id) in (select * from unnest($1::text[], $2::text[]))
