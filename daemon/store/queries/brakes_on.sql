-- Brakes that are on: what they hold, what fresh levels have said of it, and the open question about it.
select e.id, e.channel_account, e.began_at, e.moved, e.listings, e.escalated, d.id as decision, d.question, d.default_at,
    count(p.listing_id)::int as held,
    (count(*) filter (where p.zero_asked_at >= e.ask_from))::int as asked,
    (count(*) filter (where p.zero_confirmed_at is not null))::int as confirmed
from brake_event e
left join decision d on d.kind = 'mass_zero' and d.subject = e.channel_account and d.decided is null
left join listing l on l.channel_account = e.channel_account
left join publication p on p.listing_id = l.id and p.zero_hold = 'brake' and p.desired = 0
    and not exists (select 1 from brake_release r where r.event_id = e.id and r.listing_id = p.listing_id)
where e.ended_at is null
group by e.id, d.id
order by e.channel_account;
