-- When orders left the warehouse, the last parcel counting; null: they came back.
insert into order_clock (channel_account, channel_order_id, left_at, due_at, heard_at)
select account, order_id, left_at, $4, $4
from unnest($1::text[], $2::text[], $3::timestamptz[]) as given (account, order_id, left_at)
order by account, order_id
on conflict (channel_account, channel_order_id) do update
set left_at = case when excluded.left_at is not null then greatest(order_clock.left_at, excluded.left_at) end,
    due_at = $4, heard_at = $4;
