-- The order is answered, amended or over: nobody need answer this question any more.
update decision
set decided = 'overtaken', decided_by = 'policy', decided_at = $2, carried_out_at = $2,
    note = 'settled meanwhile: see the order'
where decided is null and kind = 'po_answer' and subject = $1;
