-- Questions about zeroes and brakes that are over.
update decision d
set decided = 'withdrawn', decided_by = 'policy', decided_at = $1, carried_out_at = $1,
    note = 'over: nothing waits for it any more'
where d.decided is null
    and (
        (d.kind = 'mass_zero' and not exists (
            select 1 from brake_event e where e.id = (d.detail ->> 'event_id')::bigint and e.ended_at is null
        ))
        or (d.kind = 'zero_held' and not exists (
            select 1 from publication p
            where p.listing_id = (d.detail ->> 'listing_id')::bigint and p.desired = 0 and p.zero_hold = 'rule'
                and p.zero_since = (d.detail ->> 'since')::timestamptz
        ))
    );
