select lane, state, reason, count(*)::int as effects, min(created_at) as oldest
from effect where state not in ('live', 'withdrawn')
group by lane, state, reason order by lane, state, reason;
