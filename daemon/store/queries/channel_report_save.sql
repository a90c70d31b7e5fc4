update channel_report
set state = $2, due_at = $3, asked_at = $4, requests = $5, partner_id = $6, document_id = $7, tries = $8, reason = $9,
    settled_at = $10
where id = $1;
