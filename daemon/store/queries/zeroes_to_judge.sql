-- Marks the SKUs of zeroes whose hold is not what their brake says by now, and of those held for long: something may
-- explain them since. In the order in which marks are locked.
insert into dirty (account, sku, marked_at)
select distinct l.account, l.sku, $1::timestamptz
from publication p
join listing l on l.id = p.listing_id
join lateral (
    select b.id, b.outcome
    from brake_event b
    where b.channel_account = l.channel_account and b.covers_from <= p.zero_since
        and (b.ended_at is null or p.zero_since <= b.ended_at)
    order by b.id desc
    limit 1
) as e on true
cross join lateral (
    select case
        when e.outcome in ('release_all', 'over') then null
        when e.outcome = 'release_confirmed' and p.zero_confirmed_at is not null then null
        when exists (select 1 from brake_release r where r.event_id = e.id and r.listing_id = l.id) then null
        when e.outcome is null then 'brake'
        else 'refused'
    end as hold
) as wanted
where p.zero_since is not null and p.desired = 0 and p.told is distinct from 0 and p.zero_cause = ''
    and (
        (p.zero_hold is distinct from wanted.hold and not (wanted.hold is null and p.zero_hold = 'rule'))
        or (p.zero_hold in ('brake', 'refused') and p.zero_judged_at < $2)
    )
order by l.account, l.sku
on conflict (sku, account) do nothing;
