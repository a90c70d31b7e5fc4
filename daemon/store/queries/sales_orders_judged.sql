update sales_order
set state = given.state, blocked_by = coalesce(given.blocked_by, '[]'),
    cleared = case when given.cleared is null or given.cleared = 'null' then sales_order.cleared else given.cleared end,
    cleared_version = case when given.cleared is null or given.cleared = 'null' then cleared_version
        else given.version end,
    check_at = given.check_at,
    ended_at = case when given.state = 'ended' then coalesce(ended_at, $2) else null end
from jsonb_to_recordset($1::jsonb) as given (
    channel_account text, channel_order_id text, version integer, state text, blocked_by jsonb, cleared jsonb,
    check_at timestamptz
)
where sales_order.channel_account = given.channel_account and sales_order.channel_order_id = given.channel_order_id
    and sales_order.version = given.version;
