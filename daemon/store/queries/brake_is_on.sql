select id from brake_event where channel_account = $1 and ended_at is null;
