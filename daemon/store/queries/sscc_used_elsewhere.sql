select sscc, load_key from sscc
where sscc = any ($1::text[]) and load_key not in ('', $2) and used_at > $3
