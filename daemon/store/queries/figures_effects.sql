select lane, state, count(*)::int as effects from effect where state not in ('live', 'withdrawn', 'refused', 'dead') group by 1, 2;
