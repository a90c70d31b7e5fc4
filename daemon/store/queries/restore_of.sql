select id, to_time, asked_by, asked_at, until, allowed_until, listings, complete
from restore where channel_account = $1 and ended_at is null;
