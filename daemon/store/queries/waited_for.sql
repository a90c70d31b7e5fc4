select distinct waits_for from effect where state = 'blocked' and waits_for = any ($1::text[])
