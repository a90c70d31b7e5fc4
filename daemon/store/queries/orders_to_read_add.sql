insert into order_to_read (channel_account, channel_order_id, asked_at, not_before)
select $1, channel_order_id, $3, $3
from unnest($2::text[]) as given (channel_order_id)
on conflict (channel_account, channel_order_id) do update
set asked_at = excluded.asked_at, not_before = excluded.not_before;
