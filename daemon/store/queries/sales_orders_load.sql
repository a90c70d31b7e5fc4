select channel_account, channel_order_id, order_reference, marketplace, status, status_word, programmes, ordered_at,
    updated_at, ship_by, deliver_by, service, lines, content_hash, version, state, blocked_by, accepted, cleared,
    cleared_version, released_version, ship_to_of
from sales_order
where channel_account = $1 and channel_order_id = any ($2::text[]);
