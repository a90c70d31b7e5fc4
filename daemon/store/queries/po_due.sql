-- The next orders to be looked at that came by a transport, those that must be answered first, first: their time has
-- come, or the warehouse has said something new of them. However many that are answered wait for a look, one that is not
-- answered goes before them. `anew`: it was answered before, and a person wants that said once more.
select number, state, due_at, state = 'received' and answered_version = 0 and exists (
    select from purchase_order_said s where s.channel_account = $1 and s.number = due.number
) as anew
from (
    select number, state, due_at, answered_version from purchase_order
    where channel_account = $1 and look_at <= $2 and transport = $4
    union
    select o.number, o.state, o.due_at, o.answered_version
    from purchase_order o
    join warehouse_order w on w.channel_account = o.channel_account and w.channel_order_id = o.number
    join order_standing s on s.account = w.account and s.order_reference = w.order_reference
    where o.channel_account = $1 and o.state <> 'ended' and o.transport = $4 and s.revision > o.standing_seen
    union
    select o.number, o.state, o.due_at, o.answered_version
    from purchase_order_rest r
    join purchase_order o on o.channel_account = r.channel_account and o.number = r.number
    join order_standing s on s.account = r.account and s.order_reference = r.reference
    where r.channel_account = $1 and o.state <> 'ended' and o.transport = $4 and s.revision > r.seen
) as due
order by state not in ('received', 'held'), due_at, number
limit $3;
