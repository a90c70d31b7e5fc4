select warehouse, account, goods_out_id, status, status_word, read_at, acted_at, handled_version, waits_for, look_at, gave_up
from warehouse_order where channel_account = $1 and channel_order_id = $2;
