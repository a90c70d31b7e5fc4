select command_id, account, warehouse, sku, answered_at is not null as answered
from level_request where command_id = any ($1::text[]) order by command_id for update
