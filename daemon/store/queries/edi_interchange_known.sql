-- What came before under this number, newest first.
select content_hash, state from edi_interchange
where partner = $1 and direction = 'in' and sender = $2 and number = $3 and test = $4 and at > $5
    and state in ('accepted', 'rejected')
order by id desc limit 1;
