-- Listings of these SKUs, and kits that have one of them as a component.
select distinct l.channel_account, l.marketplace, l.seller_sku, l.account, l.sku, l.pack_size, l.components
from unnest($1::text[], $2::text[], $3::text[]) as given (channel_account, account, sku)
cross join lateral (
    select o.id from listing o where o.account = given.account and o.sku = given.sku
    union
    select k.listing_id from kit_component k where k.account = given.account and k.sku = given.sku
) as found
join listing l on l.id = found.id and l.channel_account = given.channel_account
