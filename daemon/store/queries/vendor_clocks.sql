-- The clocks that run against us at retailers at $1, by what they are of: how many are over, warned of, or neither.
select account, document, state, count(*)::int as clocks, min(due_at) as next
from (
    select channel_account as account, 'acknowledgement' as document, due_at,
        case when due_at <= $1 then 'over' when escalations[1] <= $1 then 'warned' else 'running' end as state
    from purchase_order o
    where due_at is not null
        and (state in ('received', 'held') or state = 'answered' and exists (
            select from purchase_order_said s
            where s.channel_account = o.channel_account and s.number = o.number and s.version = o.version
                and s.state = 'made'
        ))
        and not exists (
            select from purchase_order_said had
            where had.channel_account = o.channel_account and had.number = o.number and had.version = o.version
                and had.state in ('processing', 'presumed', 'confirmed', 'by_hand')
        )
    union all
    select l.channel_account, 'ship_notice', l.due_at,
        case when l.due_at <= $1 then 'over' when l.warned > 0 then 'warned' else 'running' end
    from ship_load l
    where l.due_at is not null and not l.accepted
        and not exists (select from effect e where e.unique_key = l.effect_key and e.request_id <> '' and e.reason <> 'made')
    union all
    select channel_account, 'invoice', due_at,
        case when due_at <= $1 then 'over' when warned > 0 then 'warned' else 'running' end
    from invoice_clock where stopped_at is null
) as clock
group by 1, 2, 3
