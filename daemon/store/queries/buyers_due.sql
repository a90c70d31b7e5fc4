-- Orders that were over before $1 and still hold something of their buyer; locked. Over: ended, sent or called off by the
-- channel's word, or gone from the warehouse.
select s.channel_account, s.channel_order_id
from sales_order s
where (s.ship_to is not null or s.raw is not null)
    and coalesce(s.ended_at, s.changed_at) < $1
    and (
        s.state = 'ended'
        or s.status in ('despatched', 'cancelled', 'refunded')
        or exists (
            select from warehouse_order w
            where w.channel_account = s.channel_account and w.channel_order_id = s.channel_order_id
                and w.status = 'completed'
        )
    )
order by coalesce(s.ended_at, s.changed_at)
limit $2
for update of s skip locked
