-- Lines that have been open for long, by channel account. What a purchase order holds is held for as long as it is open.
select l.channel_account, count(*)::int as lines, min(l.first_seen) as since,
    (array_agg(l.channel_order_id || ' ' || p.sku order by l.first_seen))[1:100] as oldest
from open_line_part p join open_line l on l.id = p.line_id
where p.closed_at is null and l.first_seen < $1
    and not exists (
        select from purchase_order o
        where o.channel_account = l.channel_account and o.number = l.channel_order_id and o.state <> 'ended'
    )
group by l.channel_account;
