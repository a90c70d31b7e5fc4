-- Listings of an account by id from $3 on, with what their channel was told last by $2 and took.
select l.*, p.told, p.restore_id, a.value as old, a.sent_at as old_at
from listing l
join publication p on p.listing_id = l.id
join lateral (
    select a.value, a.sent_at
    from publication_attempt a
    where a.listing_id = l.id and a.sent_at <= $2 and a.state = 'accepted'
    order by a.id desc
    limit 1
) as a on true
where l.channel_account = $1 and l.id > $3 and not l.stopped
order by l.id
limit $4;
