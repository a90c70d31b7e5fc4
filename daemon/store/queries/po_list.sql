select o.channel_account, o.number, o.state, o.version, o.document ->> 'state' as at_retailer, o.ordered_at, o.due_at,
    (select count(*) from purchase_order_line l where l.channel_account = o.channel_account and l.number = o.number)::int
        as lines,
    o.reasons, coalesce(s.state, '') as said, coalesce(s.decided_by, '') as decided_by
from purchase_order o
left join lateral (
    select said.state, said.decided_by from purchase_order_said said
    where said.channel_account = o.channel_account and said.number = o.number
    order by said.sequence desc limit 1
) s on true
where ($1::text is null or o.channel_account = $1) and o.state = any ($2::text[])
order by o.due_at, o.number
limit $3;
