-- Listings that somebody just imported: what the channel refused is told once more, whether or not the file changed it.
update publication p
set refused_value = null
from (
    select p.listing_id
    from unnest($1::text[], $2::text[], $3::text[]) as i (channel_account, marketplace, seller_sku)
    join listing l
        on l.channel_account = i.channel_account and l.marketplace = i.marketplace and l.seller_sku = i.seller_sku
    join publication p on p.listing_id = l.id
    where p.refused_value is not null
    order by l.account, l.sku, l.id
    for update of p
) as locked
where p.listing_id = locked.listing_id;
