update sales_order
set state = 'released', released_version = greatest(released_version, given.version),
    released_at = coalesce(released_at, $4)
from unnest($1::text[], $2::text[], $3::int[]) as given (channel_account, channel_order_id, version)
where sales_order.channel_account = given.channel_account
    and sales_order.channel_order_id = given.channel_order_id;
