-- Orders of the warehouse that name these lines by the channel's own ids, and the same SKU.
select distinct p.line_id, l.channel_account, l.channel_order_id, s.account, s.order_reference
from open_line_part p
join open_line l on l.id = p.line_id
join order_standing s on s.account = p.account
    and s.lines @> jsonb_build_array(jsonb_build_object('line_reference', l.line_reference, 'sku', p.sku))
where p.line_id = any ($1::bigint[]) and p.closed_at is null and p.revision < 0
    and l.line_reference <> '' and s.order_reference <> p.order_reference
order by p.line_id;
