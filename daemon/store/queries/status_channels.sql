-- Each channel account: how true it is, and what stands in the way.
select l.channel_account as account, count(*)::int as listings,
    (count(*) filter (
        where p.untold_since is null and p.flight_id is null and p.proven_at is not null and p.live = p.desired
    ))::int as true,
    (count(*) filter (where p.untold_since is not null))::int as untold, min(p.untold_since) as oldest,
    (count(*) filter (where p.read_backs > 0 and p.live is distinct from p.accepted))::int as not_live,
    (count(*) filter (where p.foreign_value is not null))::int as foreign,
    (count(*) filter (where p.doubtful))::int as doubtful,
    (count(*) filter (where p.refused_value is not null))::int as refused,
    (count(*) filter (where p.zero_hold is not null and p.desired = 0 and p.told is distinct from 0))::int as zeroes_held,
    (count(*) filter (where p.flight_state = 'unknown'))::int as unknown,
    (count(*) filter (where p.desired is null))::int as no_stock
from listing l left join publication p on p.listing_id = l.id
group by l.channel_account order by l.channel_account;
