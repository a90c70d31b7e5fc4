select channel_account, state, why, carrier, service, tracking_number, shipment_id, charge, currency, arrives_by, changed_at
from label where channel_account = $1 and channel_order_id = $2;
