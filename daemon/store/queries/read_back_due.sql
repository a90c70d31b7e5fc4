select p.listing_id, l.seller_sku, l.marketplace, p.accepted, p.accepted_at, p.live, p.flight_id, p.flight_value,
    p.flight_state
from publication p join listing l on l.id = p.listing_id
where l.channel_account = $1 and p.read_back_at <= $2
order by (p.flight_state = 'unknown') desc nulls last, p.read_back_at
limit $3;
