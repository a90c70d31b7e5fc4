-- With what the warehouse was told of them. Only what holds nothing of its buyer any more.
delete from sales_order
where ctid = any (array(
    select ctid from sales_order
    where state = 'ended' and ship_to is null and raw is null and ended_at < $1
    order by ended_at
    limit $2
    for update skip locked
))
