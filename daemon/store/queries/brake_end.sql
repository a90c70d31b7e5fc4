update brake_event set outcome = $2, ended_at = $3 where id = $1 and ended_at is null;
