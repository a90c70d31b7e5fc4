-- The next open parts that may take nothing any more: something of them is cancelled, sent, or set aside.
select p.line_id, l.channel_account, p.order_reference, l.line_reference, p.account, p.sku, p.per_unit, p.ordered,
    p.cancelled, p.withdrawn, p.revision, p.claims
from open_line_part p join open_line l on l.id = p.line_id
where p.closed_at is null and p.line_id > $1
    and (p.claims <> '[]' or p.cancelled > 0 or p.withdrawn > 0 or p.ordered = 0)
order by p.line_id, p.sku, p.account
limit $2
for update of p skip locked;
