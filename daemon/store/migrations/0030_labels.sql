-- Labels bought from a channel before its orders are released. Names and addresses are on the file alone, which is sealed.

create table label (
    channel_account text not null,
    channel_order_id text not null,
    order_reference text not null,
    version integer not null,             -- of the sales order that the label is right for, or could not be bought for
    state text not null
        check (state in ('blocked', 'buying', 'bought', 'ready', 'used', 'cancelling', 'cancelled', 'held')),
    why text not null default '',         -- a word, where it is blocked, held, or taken back
    waits_for text not null default '',   -- what is missing before it can be bought or fetched: the cause of a shared alert
    tries integer not null default 0,     -- in a row that came to nothing
    effect_key text not null default '',  -- unique_key of the request that is not settled
    requests integer not null default 0,  -- made so far: they number the keys
    made_for text not null default '',    -- a digest of carrier, service and lines
    made_to text not null default '',     -- a digest of the address, keyed by the order's own key
    replaces text not null default '',    -- the shipment that was taken back, until there is another
    shipment_id text not null default '', -- the channel's
    package text not null default '',     -- our name for the parcel
    tracking_number text not null default '',
    carrier text not null default '',     -- in the channel's words
    service text not null default '',
    format text not null default '',
    charge numeric,
    currency text not null default '',
    arrives_by timestamptz,
    file bytea,                           -- sealed by the order's key: erased with its buyer
    look_at timestamptz,                  -- not before then; null: once its order changes
    changed_at timestamptz not null,
    primary key (channel_account, channel_order_id),
    foreign key (channel_account, channel_order_id) references sales_order (channel_account, channel_order_id)
        on delete cascade
);
create index label_look on label (channel_account, look_at) where look_at is not null;
create index label_open on label (channel_account, state) where state not in ('used', 'cancelled');
create index label_waits on label (waits_for) where waits_for <> '';
create index label_reference on label (channel_account, order_reference);
