select * from feed where id = $1 for update;
