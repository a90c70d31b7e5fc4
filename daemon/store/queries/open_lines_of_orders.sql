-- The parts of these orders, by the warehouse's name for them, locked.
select p.line_id, l.channel_account, p.order_reference, l.line_reference, p.account, p.sku, p.per_unit, p.ordered,
    p.cancelled, p.withdrawn, p.revision, p.claims
from unnest($1::text[], $2::text[]) as k (account, order_reference)
join open_line_part p on p.order_reference = k.order_reference and p.account = k.account
join open_line l on l.id = p.line_id
order by p.line_id, p.sku, p.account
for update of p;
