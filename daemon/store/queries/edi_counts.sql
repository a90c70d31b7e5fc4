-- Documents since $1 by what became of them, and those of ours that nobody has said were read, whatever their age. A
-- kind that nobody here takes is the partner's own word: it is `other`. Interchanges of which nothing was taken: `all`.
select partner, direction as way, case when state = 'unhandled' then 'other' else code end as kind, state,
    (count(*) filter (where at >= $1))::int as documents,
    (count(*) filter (where direction = 'out' and state in ('waiting', 'put', 'overdue')))::int as unanswered,
    min(at) filter (where direction = 'out' and state in ('waiting', 'put', 'overdue')) as oldest
from edi_document
where at >= $1 or (direction = 'out' and state in ('waiting', 'put', 'overdue'))
group by 1, 2, 3, 4
union all
select partner, direction, 'all', state, count(*)::int, 0, null
from edi_interchange i
where at >= $1 and state in ('rejected', 'duplicate', 'reused', 'stranger')
    and not exists (select from edi_document d where d.interchange_id = i.id)
group by 1, 2, 4
order by 1, 2, 3, 4
