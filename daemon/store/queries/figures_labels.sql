select channel_account as account, state, count(*)::int as labels
from label where state not in ('used', 'cancelled') group by 1, 2
