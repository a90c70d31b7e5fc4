-- When the channel accepted the last parcel of orders; looking at the same again changes nothing.
insert into order_clock (channel_account, channel_order_id, told_at, due_at, heard_at)
select account, payload ->> 'order_id', max(settled_at), $2, $2
from effect
where id = any ($1::bigint[]) and state in ('accepted', 'live') and payload ->> 'order_id' <> ''
group by 1, 2
order by 1, 2
on conflict (channel_account, channel_order_id) do update
set told_at = excluded.told_at, due_at = $2, heard_at = $2
where order_clock.told_at is null or order_clock.told_at < excluded.told_at;
