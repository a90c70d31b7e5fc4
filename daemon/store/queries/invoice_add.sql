insert into invoice (number, channel_account, purchase_order, kind, credits, document, effect_key, issued_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
