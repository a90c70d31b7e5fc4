-- Every listing of the marked SKUs, with where it stands, locked.
select l.*, p.desired, p.told, p.untold_since, p.tell_again_at, p.not_before, p.refused_value, p.doubtful,
    p.flight_id, p.flight_value, p.flight_state, p.flight_since, p.flight_over_at, p.accepted, p.live, m.marked_at
from unnest($1::text[], $2::text[], $3::timestamptz[]) as m (account, sku, marked_at)
join listing l on l.account = m.account and l.sku = m.sku
join publication p on p.listing_id = l.id
order by l.account, l.sku, l.id
for update of p;
