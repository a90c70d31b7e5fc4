-- One open restore for each account.
insert into restore (channel_account, to_time, asked_by, note, asked_at, until)
values ($1, $2, $3, $4, $5, $6)
on conflict (channel_account) where ended_at is null do nothing
returning id;
