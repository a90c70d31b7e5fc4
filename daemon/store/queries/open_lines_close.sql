update open_line_part p
set closed_at = $4
from unnest($1::bigint[], $2::text[], $3::text[]) as done (line_id, account, sku)
where p.line_id = done.line_id and p.account = done.account and p.sku = done.sku;
