-- What a load held when people were asked about it: that is what they told the retailer in its own pages.
alter table ship_load add column asked_notice jsonb;
