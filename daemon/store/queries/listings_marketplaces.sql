select id, marketplace from listing where id = any ($1::bigint[]);
