update brake_event set escalated = escalated + 1, ask_from = $2 where id = $1 and ended_at is null;
