-- How true each account is to its warehouse: listings by class and by what is known of them. $1: near zero, in channel
-- units; $2: the velocity classes that there are. `since`: the oldest change that the channel does not show.
select account, class, truth, count(*)::int as listings, min(since) as since
from (
    select l.channel_account as account,
        case when p.desired <= $1 then 'near_zero'
             when coalesce(nullif(l.velocity_class, ''), d.velocity_class) = any ($2::text[])
                 then coalesce(nullif(l.velocity_class, ''), d.velocity_class)
             else 'stocked' end as class,
        case when p.desired is null then 'silent'
             when p.foreign_value is not null then 'foreign'
             when p.untold_since is not null or p.flight_id is not null or p.accepted is distinct from p.desired then 'untold'
             when p.proven_at is not null and p.live = p.desired then 'true'
             when p.read_backs > 0 then 'not_live'
             else 'unread' end as truth,
        coalesce(p.untold_since, p.accepted_since) as since
    from publication p join listing l on l.id = p.listing_id left join demand d on d.listing_id = l.id
) as each
group by 1, 2, 3;
