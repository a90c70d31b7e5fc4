-- What orders wait for, each cause with how many of them wait for it.
select o.channel_account, r.reason ->> 'cause' as cause, (array_agg(r.reason order by o.due_at))[1] as reason,
    count(distinct o.number)::int as orders, min(o.due_at) as due_at,
    (array_agg(distinct o.number))[1:100] as numbers
from purchase_order o cross join lateral jsonb_array_elements(o.reasons) as r (reason)
where o.reasons <> '[]' and o.state in ('received', 'held')
group by o.channel_account, r.reason ->> 'cause'
order by min(o.due_at), cause;
