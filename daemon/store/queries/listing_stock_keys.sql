-- The SKUs that these listings draw on: their own, of a kit its components.
select account, sku from listing where id = any ($1::bigint[]) and components = '[]'
union
select account, sku from kit_component where listing_id = any ($1::bigint[])
order by account, sku;
