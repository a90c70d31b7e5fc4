-- Lines that may still take of these SKUs.
select p.line_id, l.channel_account, p.order_reference, l.line_reference, p.account, p.sku, p.per_unit, p.ordered, p.cancelled,
    p.withdrawn, p.revision, p.claims
from unnest($1::text[], $2::text[]) as k (account, sku)
join open_line_part p on p.account = k.account and p.sku = k.sku
join open_line l on l.id = p.line_id
where p.closed_at is null
order by p.line_id;
