update level_request r
set answer = given.answer, answered_at = given.settled_at
from jsonb_to_recordset($1::jsonb) as given (command_id text, answer text, settled_at timestamptz)
where r.command_id = given.command_id and r.answered_at is null
