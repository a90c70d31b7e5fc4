update open_line_part p
set order_reference = u.order_reference
from unnest($1::bigint[], $2::text[]) as u (line_id, order_reference)
where p.line_id = u.line_id;
