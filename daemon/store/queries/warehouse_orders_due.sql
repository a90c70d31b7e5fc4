-- Orders of an account to be looked at: with a request that was decided on or put off, or that may have taken effect and is
-- due for a look; changed at the channel; ready for the first time (with its label where $4 says so; the nearest to its
-- ship-by first); and due for a look. Of these last $5 go before all others: a rush of new orders must not keep what was
-- sent from being seen. A version that is not judged yet waits, unless the channel's own word is enough; and while the
-- answer to a request is awaited, all that is new waits for it.
select channel_account, channel_order_id
from (
    (
        select 0 as turn, w.channel_account, w.channel_order_id, null::timestamptz as by
        from warehouse_order w
        join effect e on e.unique_key = w.effect_key
        where w.channel_account = $1 and w.effect_key <> ''
            and (e.state in ('accepted', 'live', 'refused', 'withdrawn', 'dead') or (e.state = 'waiting' and e.due <= $2))
        limit $3
    )
    union all
    (
        select 0, w.channel_account, w.channel_order_id, w.look_at
        from warehouse_order w
        where w.channel_account = $1 and w.effect_key <> '' and w.look_at <= $2
            and not (
                $4::boolean
                and exists (
                    select from sales_order s
                    left join label l using (channel_account, channel_order_id)
                    where s.channel_account = $1 and s.channel_order_id = w.channel_order_id and s.state = 'ready'
                        and not (l.state is not distinct from 'ready' and l.version = s.version)
                )
            )
        order by w.look_at
        limit $3
    )
    union all
    (
        select 1, s.channel_account, s.channel_order_id, s.ship_by
        from sales_order s
        join warehouse_order w using (channel_account, channel_order_id)
        where s.channel_account = $1 and s.state = 'released' and s.version > s.released_version
            and (
                s.cleared_version = s.version
                or s.status not in ('open', 'part_despatched')
                or (
                    s.lines @? '$[*] ? (@.cancel_asked == true && @.cancelled < @.ordered)'
                    and not s.accepted @> jsonb_build_array(jsonb_build_object('kind', 'cancel_asked', 'version', s.version))
                )
            )
            and not exists (select from effect e where e.unique_key = w.effect_key and e.state = 'sent')
        limit $3
    )
    union all
    (
        select 2, s.channel_account, s.channel_order_id, s.ship_by
        from sales_order s
        left join warehouse_order w using (channel_account, channel_order_id)
        where s.channel_account = $1 and s.state = 'ready'
            and (w.handled_version is null or w.handled_version < s.version)
            and not exists (select from effect e where e.unique_key = w.effect_key and e.state = 'sent')
            and (
                not $4::boolean
                or exists (
                    select from label l
                    where l.channel_account = $1 and l.channel_order_id = s.channel_order_id
                        and l.state = 'ready' and l.version = s.version
                )
            )
        order by s.ship_by
        limit $3
    )
    union all
    (
        select case when row_number() over (order by w.look_at) <= $5 then 0 else 3 end, w.channel_account,
            w.channel_order_id, w.look_at
        from warehouse_order w
        where w.channel_account = $1 and w.effect_key = '' and w.look_at <= $2
            and not (
                $4::boolean
                and exists (
                    select from sales_order s
                    left join label l using (channel_account, channel_order_id)
                    where s.channel_account = $1 and s.channel_order_id = w.channel_order_id and s.state = 'ready'
                        and not (l.state is not distinct from 'ready' and l.version = s.version)
                )
            )
        order by w.look_at
        limit $3
    )
) as due (turn, channel_account, channel_order_id, by)
group by channel_account, channel_order_id
order by min(turn), min(by)
limit $3
