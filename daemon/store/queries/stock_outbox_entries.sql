select
    s.account, s.warehouse, s.sku, e.number, e.sequence, e.epoch, e.kind, e.event_id, e.occurred_at,
    e.available, e.allocated, e.ordered, e.received, e.picked, e.held
from stock_stream e join stock s on s.id = e.stock_id
where e.position > $1::bigint * 1000000 and e.position <= $1::bigint * 1000000 + 999999
order by e.position;
