insert into order_recheck (channel_account, asked_at)
select channel_account, $2 from unnest($1::text[]) as given (channel_account)
order by channel_account
on conflict (channel_account) do update set asked_at = greatest(order_recheck.asked_at, excluded.asked_at);
