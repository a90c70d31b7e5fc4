delete from parked
where id in (select id from parked where state <> 'parked' and settled_at < $1 order by id limit $2)
