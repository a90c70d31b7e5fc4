-- Every listing of the marked SKUs, and every kit that they are a component of, with where it stands, locked.
select l.*, p.desired, p.told, p.untold_since, p.tell_again_at, p.not_before, p.refused_value, p.doubtful,
    p.flight_id, p.flight_value, p.flight_state, p.flight_since, p.flight_over_at, p.accepted, p.live,
    p.zero_hold, p.zero_hold_until, p.zero_instead,
    p.told_at, p.swing_from, p.swing_since, p.swung_at, p.zero_since, p.zero_cause, p.zero_ruled, p.zero_look_until,
    p.zero_rule_until, p.zero_answer, p.zero_asked_at, p.zero_confirmed_at, p.zero_basis,
    p.restore_id, p.restore_old, p.restore_value, r.to_time as restore_to, r.until as restore_until,
    r.allowed_until as restore_allowed_until, touched.marked_at
from (
    select id, min(marked_at) as marked_at
    from (
        select l.id, m.marked_at
        from unnest($1::text[], $2::text[], $3::timestamptz[]) as m (account, sku, marked_at)
        join listing l on l.account = m.account and l.sku = m.sku
        union all
        select k.listing_id, m.marked_at
        from unnest($1::text[], $2::text[], $3::timestamptz[]) as m (account, sku, marked_at)
        join kit_component k on k.account = m.account and k.sku = m.sku
    ) as named
    group by id
) as touched
join listing l on l.id = touched.id
join publication p on p.listing_id = l.id
left join restore r on r.id = p.restore_id
order by l.account, l.sku, l.id
for update of p;
