delete from lease where name = any ($1::text[]) and holder = $2;
