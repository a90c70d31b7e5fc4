select s.account, s.order_reference, s.revision, s.standing, s.lines, s.at
from unnest($1::text[], $2::text[]) as k (account, order_reference)
join order_standing s on s.account = k.account and s.order_reference = k.order_reference
order by s.account, s.order_reference;
