-- Labels bought from a channel before its orders are released. Names and addresses are on the file alone, which is sealed.

create table label (
    channel_account text not null,
    channel_order_id text not null,
    order_reference text not null,
    version integer not null,             -- of the sales order, when it was bought or could not be
    state text not null
        check (state in ('blocked', 'buying', 'bought', 'ready', 'cancelling', 'cancelled', 'held')),
    why text not null default '',         -- a word, where it is blocked or held
    effect_key text not null default '',  -- unique_key of the request that is not settled
    requests integer not null default 0,  -- made so far: they number the keys
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
    look_at timestamptz,                  -- null: nothing is to be done
    changed_at timestamptz not null,
    primary key (channel_account, channel_order_id),
    foreign key (channel_account, channel_order_id) references sales_order (channel_account, channel_order_id)
        on delete cascade
);
create index label_look on label (channel_account, look_at) where look_at is not null;
create index label_reference on label (channel_account, order_reference);
