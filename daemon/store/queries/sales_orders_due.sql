select channel_account, channel_order_id, order_reference, marketplace, status, status_word, programmes, ordered_at,
    updated_at, ship_by, deliver_by, service, lines, content_hash, version, state, blocked_by, accepted, cleared,
    cleared_version, released_version, ship_to_of, subject, ship_to
from sales_order
where channel_account = $1 and check_at <= $2 and channel_order_id <> all ($4::text[])
order by ship_by nulls last, channel_order_id
limit $3
for update skip locked;
