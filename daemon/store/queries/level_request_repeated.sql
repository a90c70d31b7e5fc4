update level_request set sent = sent + 1 where command_id = any ($1::text[]) returning command_id, sent;
