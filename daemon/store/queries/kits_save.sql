-- What the listings say of their components, by SKU.
insert into kit_component (listing_id, account, sku, quantity)
select l.id, l.account, c.sku, c.quantity
from listing l
join unnest($1::text[], $2::text[], $3::text[]) as given (channel_account, marketplace, seller_sku)
    using (channel_account, marketplace, seller_sku)
cross join jsonb_to_recordset(l.components) as c (sku text, quantity integer);
