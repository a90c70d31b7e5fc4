select distinct waits_for from warehouse_order where waits_for = any ($1::text[])
