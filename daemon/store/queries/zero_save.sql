-- What was found out about listings that moved by much, fell to zero, or came back.
update publication p
set swing_from = u.swing_from, swing_since = u.swing_since, swung_at = u.swung_at, zero_since = u.zero_since,
    zero_cause = u.zero_cause, zero_ruled = u.zero_ruled, zero_look_until = u.zero_look_until,
    zero_rule_until = u.zero_rule_until, zero_answer = u.zero_answer, zero_hold = u.zero_hold,
    zero_hold_until = u.zero_hold_until, zero_asked_at = u.zero_asked_at, zero_confirmed_at = u.zero_confirmed_at,
    zero_basis = u.zero_basis, zero_instead = u.zero_instead, zero_judged_at = $17
from unnest(
    $1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[],
    $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[],
    $14::timestamptz[], $15::timestamptz[], $16::bigint[]
) as u (
    listing_id, swing_from, swing_since, swung_at, zero_since, zero_cause, zero_ruled, zero_look_until,
    zero_rule_until, zero_answer, zero_hold, zero_hold_until, zero_asked_at, zero_confirmed_at,
    zero_basis, zero_instead
)
where p.listing_id = u.listing_id;
