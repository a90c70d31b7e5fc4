update decision
set decided = $2, decided_by = $3, decided_at = $4, note = $5, carried_out_at = $4
where id = $1 and decided is null
