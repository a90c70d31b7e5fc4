delete from publication_reading
where id in (select id from publication_reading where read_at < $1 order by id limit $2);
