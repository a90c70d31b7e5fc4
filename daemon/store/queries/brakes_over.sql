-- A brake that holds nothing any more goes off, once its window has passed as well.
update brake_event e
set outcome = 'over', ended_at = $1
where e.ended_at is null and e.began_at < $2
    and not exists (
        select 1 from listing l join publication p on p.listing_id = l.id
        where l.channel_account = e.channel_account and p.desired = 0 and p.told is distinct from 0
            and p.zero_since >= e.covers_from and p.zero_cause = ''
            and not exists (select 1 from brake_release r where r.event_id = e.id and r.listing_id = l.id)
    );
