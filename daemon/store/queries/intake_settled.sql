-- True when every partition has had one living owner for at least $2 seconds: only then does silence mean loss.
select count(*) = $1::int from lease
where name like 'intake/%' and expires_at > clock_timestamp()
    and since < clock_timestamp() - make_interval(secs => $2::float8);
