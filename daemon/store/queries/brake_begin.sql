-- The brake goes on; where it is on already, it stays as it is.
insert into brake_event (channel_account, covers_from, began_at, moved, listings, ask_from)
values ($1, $2, $3, $4, $5, $3)
on conflict (channel_account) where ended_at is null do nothing
returning id;
