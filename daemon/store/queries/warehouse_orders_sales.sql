-- With their addresses, sealed; locked in one order everywhere.
select channel_account, channel_order_id, order_reference, marketplace, status, status_word, programmes, ordered_at,
    updated_at, ship_by, deliver_by, service, lines, content_hash, version, state, blocked_by, accepted, cleared,
    cleared_version, released_version, ship_to_of, subject, ship_to
from sales_order
where (channel_account, channel_order_id) in (select * from unnest($1::text[], $2::text[]))
order by channel_account, channel_order_id
for update
