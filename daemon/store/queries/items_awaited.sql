-- Direct fulfilment items of an account that do not show what they should, and no decision holds them. $2: now.
select l.marketplace as warehouse, l.seller_sku, p.untold_since as since,
    case when u.state = 'processing' or u.state = 'sent' then p.flight_since end as left_at
from publication p
join listing l on l.id = p.listing_id
left join publication_attempt a on a.id = p.flight_id
left join stock_update u on u.id = a.update_id
where l.channel_account = $1 and p.untold_since is not null and not (
    p.zero_hold is not null and p.desired = 0 and (p.zero_hold_until is null or p.zero_hold_until > $2)
)
order by p.untold_since;
