select channel_account as account, state, why, count(*)::int as labels, min(changed_at) as oldest
from label where state not in ('used', 'cancelled')
group by 1, 2, 3 order by 1, 2, 3
