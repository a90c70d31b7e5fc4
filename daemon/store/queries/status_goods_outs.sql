-- Goods outs of each tenant: those that are open, those that are held, and the oldest look of those.
select tenant, (count(*) filter (where not ended))::int as open, (count(*) filter (where held))::int as held,
    min(changed_at) filter (where held) as oldest_held
from clarus_goods_out where not ended or held
group by tenant order by tenant;
