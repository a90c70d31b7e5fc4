-- What a channel says of its orders; what is older than what is known is passed over.
insert into order_clock (
    channel_account, channel_order_id, marketplace, standing, ordered_at, updated_at, ship_by, shipped_at, cancelled_at,
    cancelled_by, due_at, heard_at
)
select $1, channel_order_id, marketplace, standing, ordered_at, updated_at, ship_by,
    case when standing = 'despatched' then updated_at end, case when standing = 'cancelled' then updated_at end,
    cancelled_by, $3, $3
from jsonb_to_recordset($2::jsonb) as given (
    channel_order_id text, marketplace text, standing text, ordered_at timestamptz, updated_at timestamptz,
    ship_by timestamptz, cancelled_by text
)
order by channel_order_id
on conflict (channel_account, channel_order_id) do update
set marketplace = excluded.marketplace, standing = excluded.standing, ordered_at = excluded.ordered_at,
    updated_at = excluded.updated_at, ship_by = coalesce(excluded.ship_by, order_clock.ship_by),
    shipped_at = case when excluded.standing = 'despatched' then coalesce(order_clock.shipped_at, excluded.shipped_at) end,
    cancelled_at = case
        when excluded.standing = 'cancelled' then coalesce(order_clock.cancelled_at, excluded.cancelled_at)
    end,
    cancelled_by = excluded.cancelled_by, due_at = $3, heard_at = $3
where order_clock.updated_at is null or order_clock.updated_at < excluded.updated_at
    or (
        order_clock.updated_at = excluded.updated_at
        and (order_clock.standing, order_clock.ship_by, order_clock.cancelled_by)
            is distinct from (excluded.standing, coalesce(excluded.ship_by, order_clock.ship_by), excluded.cancelled_by)
    );
