-- Doubts whose request nobody answered: asked again with the same id, or asked at all.
update stock_trouble t
set ask_again_at = $2
from stock s
where s.id = t.stock_id and t.doubt_since is not null and t.command_id is not null and t.ask_again_at < $1
returning s.source, s.account, s.warehouse, s.sku, t.command_id, t.doubt_since, t.doubt_reason;
