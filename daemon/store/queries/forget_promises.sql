delete from promise
where (kind, subject) in (select kind, subject from promise where settled_at < $1 order by settled_at limit $2)
