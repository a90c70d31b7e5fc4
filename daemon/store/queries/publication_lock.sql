select l.*, p.desired, p.told, p.untold_since, p.tell_again_at, p.not_before, p.refused_value, p.doubtful,
    p.flight_id, p.flight_value, p.flight_state, p.flight_since, p.flight_over_at, p.accepted, p.live,
    p.zero_hold, p.zero_hold_until, p.zero_instead, p.held_back,
    p.told_at, p.swing_from, p.swing_since, p.swung_at, p.zero_since, p.zero_cause, p.zero_ruled, p.zero_look_until,
    p.zero_rule_until, p.zero_answer, p.zero_asked_at, p.zero_confirmed_at, p.zero_basis,
    p.restore_id, p.restore_old, p.restore_value, r.to_time as restore_to, r.until as restore_until,
    r.allowed_until as restore_allowed_until
from publication p join listing l on l.id = p.listing_id left join restore r on r.id = p.restore_id
where p.listing_id = any ($1::bigint[])
order by l.account, l.sku, l.id
for update of p;
