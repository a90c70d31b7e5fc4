-- A brake holds every unexplained zero that it covers, also those computed before it went on. Rows that are being
-- worked on are passed over.
update publication set zero_hold = 'brake', zero_hold_until = null
where listing_id in (
    select p.listing_id
    from brake_event e
    join listing l on l.channel_account = e.channel_account
    join publication p on p.listing_id = l.id
    where e.ended_at is null and p.desired = 0 and p.told is distinct from 0
        and p.zero_since >= e.covers_from and p.zero_cause = '' and p.zero_hold is distinct from 'brake'
        and not exists (select 1 from brake_release r where r.event_id = e.id and r.listing_id = l.id)
    order by p.listing_id
    for update of p skip locked
);
