-- What is held for an order's lines. Its rows are locked.
select p.line_id, l.channel_account, p.order_reference, l.line_reference, p.account, p.sku, p.per_unit, p.ordered,
    p.cancelled, p.withdrawn, p.revision, p.claims
from open_line l join open_line_part p on p.line_id = l.id
where l.channel_account = $1 and l.channel_order_id = $2
order by p.line_id, p.sku, p.account
for update of p;
