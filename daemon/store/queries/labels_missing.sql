-- Those of the causes that some label still waits for.
select distinct waits_for from label where waits_for = any ($1::text[]) and state in ('blocked', 'buying', 'bought')
