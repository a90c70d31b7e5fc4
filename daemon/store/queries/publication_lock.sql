select l.*, p.desired, p.told, p.untold_since, p.tell_again_at, p.not_before, p.refused_value, p.doubtful,
    p.flight_id, p.flight_value, p.flight_state, p.flight_since, p.flight_over_at, p.accepted, p.live
from publication p join listing l on l.id = p.listing_id
where p.listing_id = any ($1::bigint[])
order by l.account, l.sku, l.id
for update of p;
