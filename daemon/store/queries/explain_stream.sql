select number, sequence, epoch, kind, event_id, occurred_at, recorded_at, available
from stock_stream where stock_id = $1 order by number desc limit $2;
