select read_from, window_from, window_before, paging_token, token_until, pages from purchase_order_cursor
where channel_account = $1 and by = $2
for update;
