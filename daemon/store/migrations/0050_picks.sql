-- Orders whose picks we have processed ourselves, rather than the warehouse by itself.
alter table warehouse_order
    add column processed_version integer not null default 0;  -- the version that was processed at our request
