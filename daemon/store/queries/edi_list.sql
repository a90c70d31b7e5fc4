-- Documents, and interchanges of which none was taken, newest first.
(
    select d.id, d.partner, d.direction, d.code, d.interchange, d.number, d.key, d.state, d.at, d.look_at, d.text,
        i.file_id as file
    from edi_document d join edi_interchange i on i.id = d.interchange_id
    where ($1 = '' or d.partner = $1) and ($2 = '' or d.key = $2) and ($3 = '' or d.state = $3)
    order by d.id desc limit $4
)
union all
(
    select i.id, i.partner, i.direction, 'all', i.number, '', '', i.state, i.at, null,
        case i.state
            when 'duplicate' then 'it came before, and was left'
            when 'reused' then 'another one came under this number before; nothing of this was taken'
            when 'stranger' then 'it is for or from somebody else, or a test where none may be; nothing of it was taken'
            else 'its envelope was refused; goodsout alerts has the places'
        end, i.file_id
    from edi_interchange i
    where i.state in ('rejected', 'duplicate', 'reused', 'stranger') and ($1 = '' or i.partner = $1) and $2 = ''
        and ($3 = '' or i.state = $3) and not exists (select from edi_document d where d.interchange_id = i.id)
    order by i.at desc limit $4
)
order by at desc, file desc, id desc limit $4;
