-- Each step of the requests about these subjects, newest first. `place`: the warehouse, or the channel account.
select e.id, e.kind, case when e.lane = 'orders' then coalesce(e.payload ->> 'warehouse', '') else e.account end as place,
    h.at, h.state, h.note
from effect e
join effect_history h on h.effect_id = e.id
where e.subject = any ($1::text[])
order by h.at desc, e.id desc
limit $2;
