-- Orders whose newest standing has not reached their open lines.
select distinct s.account, s.order_reference
from open_line_part p
join order_standing s on s.account = p.account and s.order_reference = p.order_reference
where p.closed_at is null and s.revision > p.revision
limit $1;
