-- What the books have of a despatch, locked: a later event may leave its contents out.
select revision, stage, data from vendor_despatch where account = $1 and despatch_id = $2 for update
