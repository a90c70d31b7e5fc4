update open_line set mapped_at = $2 where id = any ($1::bigint[]);
