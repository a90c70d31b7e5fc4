-- Nobody need answer any more: what was asked about has been settled otherwise.
update decision
set decided = 'overtaken', decided_by = 'policy', decided_at = $3, carried_out_at = $3,
    note = 'settled meanwhile: see the request''s history'
where decided is null and kind = any ($1::text[]) and subject = any ($2::text[])
