update clarus_hook set sku = $2, outcome = $3, marked_at = coalesce($4, marked_at) where id = $1;
