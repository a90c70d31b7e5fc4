-- What a channel said of these orders, where it differs from the books: due to be judged now ($4), or judged with it. What
-- it did not change of what is sold keeps its time of change, and without sealed words or a sealed address those that are
-- there stay.
insert into sales_order (
    channel_account, channel_order_id, order_reference, marketplace, status, status_word, programmes, ordered_at,
    updated_at, ship_by, deliver_by, service, lines, content_hash, version, state, ship_to_of, subject, raw, ship_to,
    cleared, cleared_version, check_at, first_seen, changed_at
)
select channel_account, channel_order_id, order_reference, marketplace, status, status_word,
    array(select jsonb_array_elements_text(programmes) as programme order by programme), ordered_at, updated_at,
    ship_by, deliver_by, service, lines, content_hash, version, state, ship_to_of, subject, raw, ship_to,
    nullif(cleared, 'null'), coalesce(cleared_version, 0), check_at, $4, $4
from rows from (jsonb_to_recordset($1::jsonb) as (
    channel_account text, channel_order_id text, order_reference text, marketplace text, status text,
    status_word text, programmes jsonb, ordered_at timestamptz, updated_at timestamptz, ship_by timestamptz,
    deliver_by timestamptz, service text, lines jsonb, content_hash text, version integer, state text,
    ship_to_of timestamptz, subject text, cleared jsonb, cleared_version integer, check_at timestamptz
)) with ordinality as given
join unnest($2::bytea[], $3::bytea[]) with ordinality as sealed (raw, ship_to, place) on sealed.place = given.ordinality
order by channel_order_id
on conflict (channel_account, channel_order_id) do update
set marketplace = excluded.marketplace, status = excluded.status, status_word = excluded.status_word,
    programmes = excluded.programmes, ordered_at = excluded.ordered_at, updated_at = excluded.updated_at,
    ship_by = excluded.ship_by, deliver_by = excluded.deliver_by, service = excluded.service, lines = excluded.lines,
    content_hash = excluded.content_hash, version = excluded.version, state = excluded.state,
    ship_to_of = excluded.ship_to_of, raw = coalesce(excluded.raw, sales_order.raw),
    ship_to = coalesce(excluded.ship_to, sales_order.ship_to),
    cleared = coalesce(excluded.cleared, sales_order.cleared),
    cleared_version = case when excluded.cleared is null then sales_order.cleared_version
        else excluded.cleared_version end,
    check_at = case when excluded.check_at = $4 then least(sales_order.check_at, $4) else excluded.check_at end,
    ended_at = case when excluded.state = 'ended' then sales_order.ended_at end,
    changed_at = case when excluded.version > sales_order.version
        then excluded.changed_at else sales_order.changed_at end;
