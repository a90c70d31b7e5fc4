-- Orders of an account whose label is to be worked on: what is under way first, then labels whose order has changed or left,
-- then those that nobody waits for any more, then, where $3 says so, orders that wait for theirs: those that must leave
-- first, first.
select channel_order_id
from (
    (
        select 0 as turn, l.channel_order_id, l.look_at as by
        from label l
        where l.channel_account = $1 and l.look_at <= $2 and l.state in ('buying', 'bought', 'cancelling')
        order by l.look_at
        limit $4
    )
    union all
    (
        select 1, l.channel_order_id, l.changed_at
        from label l
        join sales_order s using (channel_account, channel_order_id)
        left join warehouse_order w using (channel_account, channel_order_id)
        where l.channel_account = $1 and l.state in ('bought', 'ready') and coalesce(l.look_at, $2) <= $2
            and (
                s.status in ('cancelled', 'refunded', 'despatched') or w.status = 'completed'
                or (l.version <> s.version and s.state in ('ready', 'released') and s.cleared_version = s.version)
            )
        order by l.changed_at
        limit $4
    )
    union all
    (
        select 2, l.channel_order_id, l.changed_at
        from label l
        join sales_order s using (channel_account, channel_order_id)
        where l.channel_account = $1 and l.state = 'blocked' and l.waits_for <> ''
            and (s.state = 'ended' or s.status in ('cancelled', 'refunded') or (s.state = 'released' and l.replaces = ''))
        order by l.changed_at
        limit $4
    )
    union all
    (
        select 3, s.channel_order_id, s.ship_by
        from sales_order s
        left join label l using (channel_account, channel_order_id)
        where s.channel_account = $1 and $3 and s.state = 'ready'
            and (
                l.state is null or l.state = 'cancelled'
                or (l.state = 'blocked' and (l.look_at is null or l.look_at <= $2 or l.version <> s.version))
            )
        order by s.ship_by
        limit $4
    )
    union all
    (
        select 3, l.channel_order_id, s.ship_by
        from label l
        join sales_order s using (channel_account, channel_order_id)
        join warehouse_order w using (channel_account, channel_order_id)
        where l.channel_account = $1 and $3 and l.state in ('blocked', 'cancelled') and l.replaces <> ''
            and s.state = 'released' and s.status = 'open' and coalesce(l.look_at, $2) <= $2
            and w.status in ('draft', 'pending', 'allocated', 'part_allocated', 'picking')
        order by s.ship_by
        limit $4
    )
) as due (turn, channel_order_id, by)
group by channel_order_id
order by min(turn), min(by)
limit $4
