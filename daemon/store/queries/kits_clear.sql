delete from kit_component k
using listing l
join unnest($1::text[], $2::text[], $3::text[]) as given (channel_account, marketplace, seller_sku)
    using (channel_account, marketplace, seller_sku)
where k.listing_id = l.id;
