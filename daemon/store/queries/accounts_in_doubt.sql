-- SKUs whose doubt has lasted since before $1, by stock owner: their level request is not being answered.
select s.account, count(*)::int as skus, min(t.doubt_since) as since, (array_agg(s.sku order by t.doubt_since))[1:20] as oldest
from stock_trouble t join stock s on s.id = t.stock_id
where t.doubt_since < $1
group by s.account;
