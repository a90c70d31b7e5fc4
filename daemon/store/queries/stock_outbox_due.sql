select batch from stock_outbox where partition = any ($1::smallint[]) order by batch limit $2;
