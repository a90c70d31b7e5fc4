select child.relname
from pg_inherits
join pg_class as child on child.oid = pg_inherits.inhrelid
where pg_inherits.inhparent = 'inbox'::regclass and child.relname <> 'inbox_default'
order by child.relname
