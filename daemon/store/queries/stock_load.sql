-- The books of these SKUs. Not locked: the version that is read here guards what is saved.
select
    k.place, s.id, s.version, s.source, s.epoch, s.applied, s.number,
    s.available, s.allocated, s.ordered, s.received, s.picked, s.held,
    s.last_time, s.level_time,
    t.highest_seen, t.held_outflow, t.gap_since, t.doubt_since, t.doubt_reason, t.command_id, t.asked_at, t.suspicions
from unnest($1::text[], $2::text[], $3::text[]) with ordinality as k (account, warehouse, sku, place)
join stock s on s.account = k.account and s.warehouse = k.warehouse and s.sku = k.sku
left join stock_trouble t on t.stock_id = s.id
order by k.place;
