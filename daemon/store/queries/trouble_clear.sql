delete from stock_trouble where stock_id = any ($1::bigint[]);
