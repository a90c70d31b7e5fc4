delete from stock_outbox where batch = $1;
