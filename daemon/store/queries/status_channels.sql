select l.channel_account as account, count(*)::int as listings,
    (count(*) filter (where p.untold_since is not null))::int as untold, min(p.untold_since) as oldest,
    (count(*) filter (where p.doubtful))::int as doubtful,
    (count(*) filter (where p.refused_value is not null))::int as refused,
    (count(*) filter (where p.zero_hold is not null and p.desired = 0 and p.told is distinct from 0))::int as zeroes_held,
    (count(*) filter (where p.accepted is not null and p.live is distinct from p.accepted))::int as not_seen_live,
    (count(*) filter (where p.flight_state = 'unknown'))::int as unknown
from listing l left join publication p on p.listing_id = l.id
group by l.channel_account order by l.channel_account;
