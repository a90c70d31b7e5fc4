-- Alerts about failed feeds of this account of which no listing is in doubt any more.
select al.kind, al.cause
from alert al
where al.resolved_at is null and al.subject = $1 and al.kind = any ($2::text[])
    and not exists (
        select
        from publication_attempt a
        join publication p on p.flight_id = a.id
        where a.feed_id = (al.detail ->> 'feed')::bigint
    );
