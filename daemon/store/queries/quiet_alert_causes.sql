select cause from alert where kind = $1 and resolved_at is null and last_at < $2
