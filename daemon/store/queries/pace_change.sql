-- One of those who see the need is first; the others find it done. $4 is when the stretch before this one began.
insert into clock_stretch (since, business_at, factor, after)
values ($1, $2, $3, coalesce($4::timestamptz, '-infinity'))
on conflict do nothing;
