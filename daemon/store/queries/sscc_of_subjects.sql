select subject, sscc from sscc where subject = any ($1::text[])
