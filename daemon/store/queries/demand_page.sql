-- The next listings whose demand was measured, to see whether they have become slower.
select listing_id, per_day, counted_at, velocity_class from demand
where listing_id > $1
order by listing_id
limit $2;
