-- Orders without an answer of which some of the time is over.
select channel_account, number, version, due_at, safe_at, escalations, state,
    (select count(*) from unnest(escalations) as e (at) where e.at <= $1)::int as stage
from purchase_order
where state in ('received', 'held') and escalations[1] <= $1
order by due_at
limit $2;
