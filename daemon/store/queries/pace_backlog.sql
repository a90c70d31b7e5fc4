-- Changes that could be told now, and how many requests have left so far.
select
    (select count(*) from publication
     where untold_since < $1 and flight_id is null and not_before is null and tell_again_at is null and zero_hold is null
        and desired is distinct from refused_value)::int as backlog,
    (select coalesce(max(id), 0) from publication_attempt) as requests;
