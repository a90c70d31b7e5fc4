-- For each of these zeroes: the brake that covers it, if any, and whether it was released from it by name.
select u.listing_id, e.id, e.outcome, r.listing_id is not null as released
from unnest($1::bigint[], $2::text[], $3::timestamptz[]) as u (listing_id, channel_account, fell_at)
join lateral (
    select b.id, b.outcome
    from brake_event b
    where b.channel_account = u.channel_account and b.covers_from <= u.fell_at
        and (b.ended_at is null or u.fell_at <= b.ended_at)
    order by b.id desc
    limit 1
) as e on true
left join brake_release r on r.event_id = e.id and r.listing_id = u.listing_id;
