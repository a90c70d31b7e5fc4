-- Parcels whose tracking the channel may not take: doubtful by their number, or held for want of a good one.
select e.payload ->> 'order_id' as channel_order_id, e.payload ->> 'order_reference' as order_reference,
    coalesce(nullif(e.payload -> 'ready' ->> 'marketplace', ''), e.payload ->> 'marketplace') as marketplace,
    e.state, coalesce(nullif(e.payload ->> 'doubt', ''), e.detail) as why, e.received_at
from effect e
where e.account = $1 and e.received_at > $2 and e.payload ->> 'doubt' <> '' and e.state not in ('withdrawn', 'dead', 'refused')
    and not exists (select from effect n where n.subject = e.subject and n.id > e.id)
union all
select e.payload ->> 'order_id', e.payload ->> 'order_reference', e.payload ->> 'marketplace', e.state, e.detail, e.received_at
from effect e
where e.account = $1 and e.state = 'blocked' and e.reason = 'despatch_incomplete' and e.waits_for like 'revision:%'
order by received_at desc
limit $3;
