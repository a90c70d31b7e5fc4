-- Zeroes that their rule holds and nobody was asked about.
select p.listing_id, p.zero_since, p.zero_rule_until, p.told,
    l.channel_account || '/' || l.marketplace || '/' || l.seller_sku as name
from publication p join listing l on l.id = p.listing_id
where p.zero_since is not null and p.zero_hold = 'rule' and p.desired = 0 and p.zero_answer is null
    and not exists (
        select 1 from decision d
        where d.kind = 'zero_held' and d.decided is null
            and d.subject = l.channel_account || '/' || l.marketplace || '/' || l.seller_sku
    )
order by p.listing_id
limit $1;
