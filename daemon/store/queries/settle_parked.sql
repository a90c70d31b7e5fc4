-- Only while nothing happened to the row since it was read: parked again meanwhile, it stays parked.
update parked set
    state = $4, settled_at = $5, settled_by = $6, note = $7,
    corrected_body = coalesce($8::bytea, corrected_body)
where id = $1 and state = $2 and deliveries = $3
returning origin, reason
