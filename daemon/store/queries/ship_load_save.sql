update ship_load set
    told = $3, first_at = $4, accepted = $5, refused = $6, effect_key = $7, documents = $8, lacks = $9, asked = $10,
    started_at = $11, due_at = $12, warned = $13, breached_at = $14, look_at = $15, bill_of_lading = $16, changed_at = $17, before = $18, asked_notice = $19
where channel_account = $1 and load_key = $2
