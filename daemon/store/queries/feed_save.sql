update feed
set state = $2, due_at = $3, document_id = $4, submissions = $5, submitted_at = $6, partner_ids = $7, awaited = $8,
    result_document = $9, tries = $10, polls = $11, reason = $12, settled = $13,
    settled_at = case when $13 then $14::timestamptz end
where id = $1;
