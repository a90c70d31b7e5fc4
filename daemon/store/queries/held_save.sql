insert into held_movement (stock_id, epoch, sequence, message, received_at)
select stock_id, epoch, sequence, message, $5
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::jsonb[]) as h (stock_id, epoch, sequence, message)
on conflict (stock_id, epoch, sequence) do nothing;
