-- What the warehouse has said of a purchase order: looked at once for each of its words.
alter table purchase_order
    add column standing_seen integer not null default -1;  -- the newest order.* revision that a look took into account
create index purchase_order_not_over on purchase_order (channel_account) where state <> 'ended';
