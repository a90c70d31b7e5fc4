select listing_id, per_day, orders_per_day, counted_at, velocity_class from demand
where listing_id = any ($1::bigint[])
order by listing_id
for update;
