-- The parts of these lines, locked.
select p.line_id, l.channel_account, p.order_reference, l.line_reference, p.account, p.sku, p.per_unit, p.ordered,
    p.cancelled, p.withdrawn, p.revision, p.claims
from open_line_part p join open_line l on l.id = p.line_id
where p.line_id = any ($1::bigint[])
order by p.line_id, p.sku, p.account
for update of p;
