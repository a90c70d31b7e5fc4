-- Orders of an account to be looked at: ready for the first time, changed at the channel, due, or with a request that
-- was decided on or put off. A version that is not judged yet waits, unless the channel's own word is enough.
select s.channel_account, s.channel_order_id
from sales_order s
left join warehouse_order w using (channel_account, channel_order_id)
where s.channel_account = $1 and s.state = 'ready' and (w.handled_version is null or w.handled_version < s.version)
union
select s.channel_account, s.channel_order_id
from sales_order s
join warehouse_order w using (channel_account, channel_order_id)
where s.channel_account = $1 and s.state = 'released' and (
    s.cleared_version > w.handled_cleared
    or (s.version > w.handled_version and (
        s.status not in ('open', 'part_despatched') or s.lines @> '[{"cancel_asked": true}]'
    ))
)
union
select channel_account, channel_order_id from warehouse_order where channel_account = $1 and look_at <= $2
union
select w.channel_account, w.channel_order_id
from warehouse_order w
join effect e on e.unique_key = w.effect_key
where w.channel_account = $1 and w.effect_key <> ''
    and (e.state in ('accepted', 'live', 'refused', 'withdrawn', 'dead') or (e.state = 'waiting' and e.due <= $2))
limit $3
