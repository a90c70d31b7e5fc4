-- The next order of an account whose label is to be worked on: what is under way first, then labels that nobody wants any
-- more, then orders that wait for theirs, those that must leave first, first.
select channel_order_id
from (
    (
        select 0 as turn, l.channel_order_id, l.look_at as by
        from label l
        where l.channel_account = $1 and l.look_at <= $2 and l.state in ('buying', 'bought', 'cancelling')
        order by l.look_at
        limit 1
    )
    union all
    (
        select 1, l.channel_order_id, l.changed_at
        from label l
        join sales_order s using (channel_account, channel_order_id)
        where l.channel_account = $1 and l.state in ('bought', 'ready') and l.effect_key = ''
            and (s.status in ('cancelled', 'refunded') or (s.state = 'ready' and l.version <> s.version))
        order by l.changed_at
        limit 1
    )
    union all
    (
        select 2, s.channel_order_id, s.ship_by
        from sales_order s
        left join label l using (channel_account, channel_order_id)
        where s.channel_account = $1 and s.state = 'ready'
            and (
                l.state is null or l.state = 'cancelled'
                or (l.state = 'blocked' and (l.look_at <= $2 or l.version <> s.version))
            )
        order by s.ship_by
        limit 1
    )
) as due (turn, channel_order_id, by)
order by turn, by
limit 1
