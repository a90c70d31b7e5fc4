select cause, text from alert where kind = $1 and resolved_at is null;
