-- Orders whose newest version the retailer has no answer to, and of which some of the time is over. One that is to be
-- answered once more has one. `made`: its answer is written, and lies here still.
select channel_account, number, version, due_at, safe_at, escalations, state, made,
    (select count(*) from unnest(escalations) as e (at) where e.at <= $1)::int as stage
from (
    select o.*, false as made from purchase_order o where o.state in ('received', 'held')
    union all
    select o.*, true
    from purchase_order o join purchase_order_said s using (channel_account, number, version)
    where o.state = 'answered' and s.state = 'made'
) as o
where escalations[1] <= $1 and not exists (
    select from purchase_order_said had
    where had.channel_account = o.channel_account and had.number = o.number and had.version = o.version
        and had.state in ('processing', 'presumed', 'confirmed', 'by_hand')
)
order by due_at
limit $2;
