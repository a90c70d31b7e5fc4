with oldest as (
    select id from stock_update where ended_at is not null order by ended_at limit $2
)
delete from stock_update
using oldest
where stock_update.id = oldest.id
    and stock_update.ended_at < $1
    and not exists (select from publication_attempt a where a.update_id = stock_update.id)
