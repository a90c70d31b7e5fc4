delete from decision where id in (select id from decision where decided_at < $1 order by id limit $2)
