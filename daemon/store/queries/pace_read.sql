select since, business_at, factor from clock_stretch order by since desc limit 8;
