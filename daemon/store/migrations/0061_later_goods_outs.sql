-- Goods outs of a purchase order after its first: what was accepted of it once the one before had left.
create table purchase_order_rest (
    channel_account text not null,
    number text not null,
    part integer not null check (part >= 2),  -- counts the goods outs of the order
    account text collate "C" not null,    -- the stock owner
    reference text not null,              -- by which the warehouse knows it
    seen integer not null default -1,     -- the newest order.* revision that a look took into account
    primary key (channel_account, number, part),
    foreign key (channel_account, number) references purchase_order (channel_account, number) on delete cascade
);
create unique index purchase_order_rest_reference on purchase_order_rest (channel_account, reference);
create index purchase_order_rest_heard on purchase_order_rest (reference, account);
create index purchase_order_rest_order on purchase_order_rest (number, account);
