-- Each exchange of $1: files not read or not put yet, the newest of each way, and since when it cannot be reached.
select p.name as partner,
    (select count(*) from edi_file f where f.partner = p.name and f.direction = 'in' and f.state = 'fetched')::int
        as not_read,
    (select count(*) from edi_file f where f.partner = p.name and f.direction = 'out' and f.state = 'waiting')::int
        as not_put,
    (select min(f.at) from edi_file f where f.partner = p.name and f.state in ('fetched', 'waiting')) as oldest,
    (select raised_at from alert where kind = 'edi_unreachable' and cause = p.name and resolved_at is null)
        as unreachable_since
from unnest($1::text[]) as p (name) order by 1
