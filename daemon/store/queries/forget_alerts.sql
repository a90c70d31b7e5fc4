delete from alert where id in (select id from alert where resolved_at < $1 order by id limit $2)
