-- The purchase orders that these questions are about: a look at an order locks it before its question, and so does
-- whoever answers.
select o.number
from decision d
join purchase_order o on o.channel_account = d.detail ->> 'channel_account' and o.number = d.detail ->> 'number'
where d.id = any ($1::bigint[]) and d.kind = 'po_answer'
order by o.channel_account, o.number
for update of o
