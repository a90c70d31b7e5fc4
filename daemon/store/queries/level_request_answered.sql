update level_request set answered_at = $2, answer = 'level' where command_id = any ($1::text[]) and answered_at is null;
