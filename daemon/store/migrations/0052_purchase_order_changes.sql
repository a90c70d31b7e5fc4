-- Changes of purchase orders that come as documents of their own. What holds is reckoned from the last whole order and
-- all changes since, so both are kept.
create table purchase_order_change (
    channel_account text not null,
    number text not null,                 -- of the order, which may not have come yet
    place integer not null,               -- counts the changes of one order as they came
    document jsonb not null,              -- PurchaseOrderChange
    digest text not null,                 -- of the document: the same one sent again has the same
    heard_at timestamptz not null,
    state text not null check (state in ('waiting', 'applied', 'refused', 'superseded')),
    why text not null default '',         -- why it is refused
    version integer not null default 0,   -- of the order, once it is applied
    late boolean not null default false,  -- it wanted less than had left
    word text not null default '' check (word in ('', 'due', 'made')), -- it ends all, and that has to be answered
    primary key (channel_account, number, place),
    unique (channel_account, number, digest)
);
create index purchase_order_change_open on purchase_order_change (channel_account, number)
    where state in ('waiting', 'refused');
create index purchase_order_change_word on purchase_order_change (channel_account, number) where word = 'due';

-- The last whole order, while changes stand upon it.
create table purchase_order_base (
    channel_account text not null,
    number text not null,
    document jsonb not null,              -- PurchaseOrder
    primary key (channel_account, number)
);
