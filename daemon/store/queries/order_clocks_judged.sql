-- Of orders that are locked: when to look again, and the clocks that have run out, each deadline once.
with looked_at as (
    update order_clock c
    set due_at = given.due_at
    from unnest($1::text[], $2::text[], $3::timestamptz[]) as given (account, order_id, due_at)
    where c.channel_account = given.account and c.channel_order_id = given.order_id
)
insert into order_breach (channel_account, channel_order_id, clock, deadline, marketplace, recorded_at, ended_at)
select channel_account, channel_order_id, clock, deadline, marketplace, $5, ended_at
from jsonb_to_recordset($4::jsonb) as out (
    channel_account text, channel_order_id text, clock text, deadline timestamptz, marketplace text, ended_at timestamptz
)
on conflict (channel_account, channel_order_id, clock, deadline) do update set ended_at = excluded.ended_at
where order_breach.ended_at is null and excluded.ended_at is not null;
