-- Zeroes that the brake holds and of which no fresh level was asked for since the brake's last escalation, with each
-- SKU that they take.
select p.listing_id, l.account, coalesce(k.sku, l.sku) as sku
from brake_event e
join listing l on l.channel_account = e.channel_account
join publication p on p.listing_id = l.id
left join kit_component k on k.listing_id = l.id
where e.ended_at is null and p.zero_hold = 'brake' and p.desired = 0
    and (p.zero_asked_at is null or p.zero_asked_at < e.ask_from)
order by l.account, l.sku, p.listing_id
limit $1;
