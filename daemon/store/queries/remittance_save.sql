insert into remittance (channel_account, reference, digest, document, currency, total, paid_on, heard_at)
values ($1, $2, $3, $4, $5, $6, $7, $8);
