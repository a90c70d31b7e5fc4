-- How true each account is to its warehouse: listings by class and by what is known of them. $1: near zero, in channel
-- units. `since`: the oldest change that is told or waiting, and that the channel does not show.
select account, class, truth, count(*)::int as listings, min(since) as since
from (
    select l.channel_account as account,
        case when p.desired <= $1 then 'near_zero' else 'stocked' end as class,
        case when p.desired is null then 'silent'
             when p.foreign_value is not null then 'foreign'
             when p.untold_since is not null or p.flight_id is not null or p.accepted is distinct from p.desired then 'untold'
             when p.proven_at is not null and p.live = p.desired then 'true'
             when p.read_backs > 0 then 'not_live'
             else 'unread' end as truth,
        coalesce(p.untold_since, p.accepted_since) as since
    from publication p join listing l on l.id = p.listing_id
) as each
group by 1, 2, 3;
