select l.*, p.desired, p.told, p.told_at, p.untold_since, p.tell_again_at, p.not_before, p.refused_value, p.refused_reason,
    p.doubtful, p.flight_id, p.flight_value, p.flight_state, p.flight_since, p.flight_over_at,
    p.zero_since, p.zero_cause, p.zero_ruled, p.zero_hold, p.zero_hold_until, p.zero_instead, p.zero_asked_at, p.zero_confirmed_at,
    p.accepted, p.accepted_at, p.live, p.live_at, p.proven_at, p.foreign_value, p.read_backs, p.read_back_at, p.read_back_why
from listing l left join publication p on p.listing_id = l.id
where (l.sku = $1 or l.seller_sku = $1) and ($2::text is null or l.account = $2)
order by l.channel_account, l.marketplace, l.seller_sku;
