delete from held_movement h
using unnest($1::bigint[], $2::bigint[], $3::bigint[]) as gone (stock_id, epoch, sequence)
where h.stock_id = gone.stock_id and h.epoch = gone.epoch and h.sequence = gone.sequence;
