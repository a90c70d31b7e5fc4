-- Lines that have been open for long, by channel account.
select l.channel_account, count(*)::int as lines, min(l.first_seen) as since,
    (array_agg(l.channel_order_id || ' ' || p.sku order by l.first_seen))[1:100] as oldest
from open_line_part p join open_line l on l.id = p.line_id
where p.closed_at is null and l.first_seen < $1
group by l.channel_account;
