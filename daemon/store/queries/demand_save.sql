insert into demand (listing_id, per_day, orders_per_day, counted_at, velocity_class)
select * from unnest($1::bigint[], $2::double precision[], $3::double precision[], $4::timestamptz[], $5::text[])
on conflict (listing_id) do update
set per_day = excluded.per_day, orders_per_day = excluded.orders_per_day, counted_at = excluded.counted_at,
    velocity_class = excluded.velocity_class;
