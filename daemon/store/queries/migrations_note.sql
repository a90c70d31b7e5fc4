insert into migration (version, name) values ($1, $2);
