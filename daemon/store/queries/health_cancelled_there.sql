-- Orders that the warehouse will not send, and that are still open at the channel: somebody will have to cancel them.
select distinct c.channel_order_id, c.marketplace, c.ship_by
from order_standing s
left join open_line_part p on p.order_reference = s.order_reference and p.account = s.account
left join open_line l on l.id = p.line_id and l.channel_account = $1
join order_clock c on c.channel_account = $1 and c.channel_order_id = coalesce(l.channel_order_id, s.order_reference)
where s.standing = 'cancelled' and s.at > $2 and c.open and c.left_at is null
order by c.ship_by, c.channel_order_id
limit $3;
