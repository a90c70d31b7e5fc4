-- A request that had been overtaken ($3) has ended: the newest value is told again from $2 on, and not before the others
-- that were overtaken can no longer take effect. $4: requests whose end nobody saw are over if they were given up by then.
update publication p
set tell_again_at = greatest($2, case when exists (
        select from publication_attempt a
        where a.listing_id = p.listing_id and a.id <> $3 and a.id is distinct from p.flight_id
            and (a.state = 'sent' or (a.state = 'unknown' and a.ended_at > $4))
    ) then p.tell_again_at end)
where p.listing_id = $1;
