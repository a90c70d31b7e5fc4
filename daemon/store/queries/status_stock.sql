select s.account, s.warehouse, count(*)::int as skus, (count(*) filter (where t.gap_since is not null))::int as gaps,
    (count(*) filter (where t.doubt_since is not null))::int as doubts, min(t.doubt_since) as oldest_doubt
from stock s left join stock_trouble t on t.stock_id = s.id
group by s.account, s.warehouse order by s.account, s.warehouse;
