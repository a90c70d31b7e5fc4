insert into level_request (command_id, account, warehouse, sku, asked_at)
select c.command_id, c.account, c.warehouse, c.sku, $5
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as c (command_id, account, warehouse, sku)
on conflict (command_id) do nothing;
