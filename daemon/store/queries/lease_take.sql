-- Renew what is ours and take what is free or has run out, at most $4 names in all. The fence rises with each new holder.
insert into lease (name, holder, expires_at)
select name, $2, clock_timestamp() + make_interval(secs => $3::float8)
from (
    select wanted.name
    from unnest($1::text[]) with ordinality as wanted (name, place)
    left join lease l on l.name = wanted.name
    where l.name is null or l.holder = $2 or l.expires_at < clock_timestamp()
    order by (l.holder is not distinct from $2) desc, wanted.place
    limit $4
) as open
on conflict (name) do update
set holder = excluded.holder, expires_at = excluded.expires_at,
    fence = lease.fence + case when lease.holder = excluded.holder then 0 else 1 end,
    since = case when lease.holder = excluded.holder then lease.since else clock_timestamp() end
where lease.holder = excluded.holder or lease.expires_at < clock_timestamp()
returning name, fence;
