delete from buyer_access
where ctid = any (array(select ctid from buyer_access where last_at < $1 order by last_at limit $2))
