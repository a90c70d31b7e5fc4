insert into purchase_order_cursor (
    channel_account, by, read_from, window_from, window_before, paging_token, token_until, pages, begun_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (channel_account, by) do update
set read_from = excluded.read_from, window_from = excluded.window_from, window_before = excluded.window_before,
    paging_token = excluded.paging_token, token_until = excluded.token_until, pages = excluded.pages;
