select sscc, used_at from sscc where sscc = any ($1::text[])
