insert into channel_order (channel_account, channel_order_id, programmes, marketplace, status, lines, packages, read_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (channel_account, channel_order_id) do update
set programmes = excluded.programmes, marketplace = excluded.marketplace, status = excluded.status,
    lines = excluded.lines, packages = excluded.packages, read_at = excluded.read_at
where channel_order.read_at <= excluded.read_at
