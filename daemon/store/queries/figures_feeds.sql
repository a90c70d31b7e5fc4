select channel_account as account, state, count(*)::int as feeds, min(coalesce(submitted_at, gathered_at)) as oldest
from feed where not settled
group by 1, 2;
