delete from edi_file where id in (
    select id from edi_file where at < $1 and state in ('read', 'refused', 'put') order by at limit $2
);
