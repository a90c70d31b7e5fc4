-- What a channel said of these orders, where it differs from the books: all are to be judged. What it did not change
-- of what is sold keeps its time of change.
insert into sales_order (
    channel_account, channel_order_id, order_reference, marketplace, status, status_word, programmes, ordered_at,
    updated_at, ship_by, deliver_by, service, lines, content_hash, version, state, ship_to_of, subject, check_at,
    first_seen, changed_at
)
select channel_account, channel_order_id, order_reference, marketplace, status, status_word,
    array(select jsonb_array_elements_text(programmes) as programme order by programme), ordered_at, updated_at,
    ship_by, deliver_by, service, lines, content_hash, version, state, ship_to_of, subject, $2, $2, $2
from jsonb_to_recordset($1::jsonb) as given (
    channel_account text, channel_order_id text, order_reference text, marketplace text, status text,
    status_word text, programmes jsonb, ordered_at timestamptz, updated_at timestamptz, ship_by timestamptz,
    deliver_by timestamptz, service text, lines jsonb, content_hash text, version integer, state text,
    ship_to_of timestamptz, subject text
)
order by channel_order_id
on conflict (channel_account, channel_order_id) do update
set marketplace = excluded.marketplace, status = excluded.status, status_word = excluded.status_word,
    programmes = excluded.programmes, ordered_at = excluded.ordered_at, updated_at = excluded.updated_at,
    ship_by = excluded.ship_by, deliver_by = excluded.deliver_by, service = excluded.service, lines = excluded.lines,
    content_hash = excluded.content_hash, version = excluded.version, state = excluded.state,
    ship_to_of = excluded.ship_to_of, check_at = least(sales_order.check_at, excluded.check_at),
    changed_at = case when excluded.version > sales_order.version
        then excluded.changed_at else sales_order.changed_at end;
