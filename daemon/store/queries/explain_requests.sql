select command_id, asked_at, sent, answer, answered_at
from level_request where account = $1 and warehouse = $2 and sku = $3 order by asked_at desc limit $4;
