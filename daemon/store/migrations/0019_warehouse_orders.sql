-- Channels' orders at the warehouse: what it was told, where it has them, and when to look again. No buyer data in clear.

create table warehouse_order (
    channel_account text not null,
    channel_order_id text not null,
    warehouse text not null,
    account text not null,                -- the stock owner
    order_reference text not null,        -- what the warehouse knows it by
    goods_out_id text not null default '',       -- the warehouse system's own id; empty: none known
    status text not null default '',      -- as last known, in our words; withdrawn: taken back by us, deleted: not by us
    status_word text not null default '', -- the warehouse system's
    read_at timestamptz,                  -- when the look began that showed it
    acted_at timestamptz,                 -- when a request of ours last took effect: looks may not show it yet
    told jsonb,                           -- Told: lines, carrier and date as last asked for; null: nothing
    told_to bytea,                        -- sealed by the order's key: ShipTo as last told
    handled_version integer not null default 0,  -- the newest version of the sales order that was looked at here
    effect_key text not null default '',  -- unique_key of the request that is not settled
    requests integer not null default 0,  -- made so far: they number the keys
    gave_up_version integer not null default 0,
    gave_up text not null default '',
    alerts text[] not null default '{}',  -- kinds that stand for it
    waits_for text not null default '',   -- what is missing before it can be sent: the cause of a shared alert
    look_at timestamptz,                  -- null: once the sales order changes
    changed_at timestamptz not null,
    primary key (channel_account, channel_order_id),
    foreign key (channel_account, channel_order_id) references sales_order (channel_account, channel_order_id)
        on delete cascade
);
create index warehouse_order_look on warehouse_order (channel_account, look_at) where look_at is not null;
create index warehouse_order_open on warehouse_order (channel_account) where effect_key <> '';
create index warehouse_order_reference on warehouse_order (order_reference);
create index warehouse_order_waits on warehouse_order (waits_for) where waits_for <> '';

-- Answers of a warehouse that is driven over the bus find their request by the command's id.
create index effect_command on effect (request_id) where lane = 'orders' and state in ('sent', 'unknown');
