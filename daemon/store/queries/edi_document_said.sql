-- The document of ours that says the same, unless the partner refused it.
select id from edi_document
where partner = $1 and direction = 'out' and code = $2 and key = $3 and said_hash = $4
    and state not in ('rejected', 'denied')
order by id desc limit 1;
