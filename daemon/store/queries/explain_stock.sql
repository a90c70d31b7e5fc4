select s.id, s.account, s.warehouse, s.sku, s.source, s.epoch, s.applied, s.number,
    s.available, s.allocated, s.ordered, s.received, s.picked, s.held, s.last_time, s.level_time,
    t.gap_since, t.doubt_since, t.doubt_reason, t.highest_seen, t.command_id, t.asked_at,
    coalesce(t.held_outflow, 0) as held_outflow,
    (select count(*) from held_movement h where h.stock_id = s.id)::int as held_movements
from stock s left join stock_trouble t on t.stock_id = s.id
where s.sku = $1 and ($2::text is null or s.account = $2)
order by s.account, s.warehouse;
