insert into inbox (source, id, happened_at, received_at)
select source, id, happened_at, received_at from {day} where received_at >= $1
on conflict do nothing
