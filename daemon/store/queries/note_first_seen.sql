-- True for the first of each message, in this batch and in the books; the order of keys keeps batches from deadlocks.
with wanted as (
    select source, id, happened_at, min(place) as place
    from unnest($1::text[], $2::text[], $3::timestamptz[]) with ordinality as given (source, id, happened_at, place)
    group by source, id, happened_at
),
noted as (
    insert into inbox (source, id, happened_at, received_at)
    select source, id, happened_at, $4
    from wanted
    order by source, id, happened_at
    on conflict do nothing
    returning source, id, happened_at
)
select wanted.place
from noted
join wanted using (source, id, happened_at)
