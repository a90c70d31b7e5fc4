-- What was asked for and credited of an order, oldest first; what was given up does not count. Taken: it has left (a
-- file that lies here still has not) and the retailer has not refused it, whatever becomes of it.
select i.number, i.kind, i.credits, i.document,
    not exists (
        select from effect e
        where e.unique_key = i.effect_key
            and (e.state in ('waiting', 'sent', 'unknown') or e.state = 'held' and e.reason <> 'unread'
                or e.state = 'accepted' and e.reason = 'made')
    ) as taken
from invoice i
where i.channel_account = $1 and i.purchase_order = $2 and i.cancelled_at is null
order by i.issued_at, i.number
