-- The pace that everybody alive keeps up with, and whether it may be changed now: not while a change is still to come.
-- `next` is when the next stretch would begin: late enough for everybody to hear of it.
select
    (select min(bears) from replica where seen_at > clock_timestamp() - make_interval(secs => $2::float8)) as bears,
    not exists (
        select from clock_stretch where since > clock_timestamp() - make_interval(secs => $1::float8)
    ) as free,
    clock_timestamp() + make_interval(secs => $1::float8) as next;
