with early as (
    delete from inbox_default where happened_at >= $1 and happened_at < $2
    returning source, id, happened_at, received_at
)
insert into {day} (source, id, happened_at, received_at)
select source, id, happened_at, received_at from early
