delete from listing where id = any ($1::bigint[]);
