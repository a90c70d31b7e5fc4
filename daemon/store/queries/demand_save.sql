insert into demand (listing_id, per_day, counted_at, velocity_class)
select * from unnest($1::bigint[], $2::double precision[], $3::timestamptz[], $4::text[])
on conflict (listing_id) do update
set per_day = excluded.per_day, counted_at = excluded.counted_at, velocity_class = excluded.velocity_class;
