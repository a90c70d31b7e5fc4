select stock_id, message from held_movement where stock_id = any ($1::bigint[]) order by stock_id, epoch, sequence;
