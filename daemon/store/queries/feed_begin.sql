insert into feed (channel_account, marketplace, state, gathered_at, due_at)
values ($1, $2, 'gathering', $3, $3)
returning id;
