-- Retailers' purchase orders: as they are wanted now, judged, secured and answered. What is secured of a line stands in
-- open_line_part, under the order's number: it is off what every channel is told, as all open lines are.

create table purchase_order (
    channel_account text not null,
    number text not null,                 -- the retailer's
    marketplace text not null,
    transport text not null,              -- by which it was told last
    ordered_at timestamptz not null,
    changed_at timestamptz,               -- the retailer's time of its newest change
    document jsonb not null,              -- PurchaseOrder without its lines
    content_hash text not null,
    version integer not null default 1,   -- grows with every amendment
    state text not null default 'received' check (state in ('received', 'held', 'answered', 'ended')),
    heard_at timestamptz not null,        -- when we first read it
    amended_at timestamptz,               -- when the retailer made the newest amendment that wants an answer
    answered_version integer not null default 0,
    account text not null default '',     -- the stock owner, once judged
    reasons jsonb not null default '[]',  -- [Reason]: what this version waits for
    overruled jsonb not null default '[]',    -- [Overruled]: what a person has accepted as it is
    rejections jsonb not null default '{}',   -- line -> the reason for which a person rejected it
    decided text not null default '',     -- the answer to the order's question, for decided_version
    decided_by text not null default '',
    decided_version integer not null default 0,
    believe_next boolean not null default false,  -- a person says that the next reading holds, whatever contradicts it
    overdrawn text[] not null default '{}',   -- lines of which more was accepted than is there
    due_at timestamptz not null,          -- by when this version must be answered
    safe_at timestamptz not null,         -- when the default policy answers it
    escalations timestamptz[] not null,
    look_at timestamptz,                  -- when it is looked at next; null: nothing would change
    ended_at timestamptz,
    primary key (channel_account, number)
);
create index purchase_order_look on purchase_order (channel_account, look_at) where look_at is not null;
create index purchase_order_open on purchase_order (channel_account, due_at) where state in ('received', 'held');
create index purchase_order_waits on purchase_order (channel_account) where reasons <> '[]';

create table purchase_order_line (
    channel_account text not null,
    number text not null,
    line text not null,                   -- the retailer's number of it
    place integer not null,               -- in the order
    document jsonb not null,              -- PurchaseOrderLine
    account text collate "C" not null default '',
    sku text collate "C" not null default '', -- empty: not mapped
    unit bigint,                          -- eaches in one of the line's units; null: nobody knows
    step bigint,                          -- it moves in multiples of so many eaches
    primary key (channel_account, number, line),
    foreign key (channel_account, number) references purchase_order (channel_account, number) on delete cascade
);
create index purchase_order_line_sku on purchase_order_line (sku, account);

-- Every answer to an order: a row before its request leaves. Its request stands in the ledger too (lane `vendor`).
create table purchase_order_said (
    channel_account text not null,
    number text not null,
    sequence integer not null,            -- counts the answers to one order
    version integer not null,             -- of the order that it answers
    decided_by text not null,             -- rule, policy, a person, or portal: found at the retailer
    acknowledgement jsonb not null,
    explained jsonb not null default '[]',    -- why lines are not accepted in full
    state text not null check (state in
        ('sent', 'unsent', 'unknown', 'processing', 'presumed', 'confirmed', 'refused', 'by_hand', 'withdrawn')),
    transaction_id text not null default '',
    attempt integer not null default 1,
    sent_at timestamptz not null,
    look_at timestamptz,
    text text not null default '',        -- the partner's words
    holder text not null default '',      -- who sent it
    primary key (channel_account, number, sequence),
    foreign key (channel_account, number) references purchase_order (channel_account, number) on delete cascade
);
create index purchase_order_said_open on purchase_order_said (channel_account, look_at)
    where state in ('sent', 'unsent', 'unknown', 'processing', 'presumed');

-- Eaches in a case. Master data of merchandising: a new size is a new version, and the old ones are kept.
create table case_pack (
    account text collate "C" not null,
    sku text collate "C" not null,
    version integer not null,
    eaches bigint not null check (eaches > 0),
    since timestamptz not null,
    primary key (sku, account, version)
);

-- What was agreed with a retailer that one each costs it, net.
create table agreed_cost (
    channel_account text not null,
    account text collate "C" not null,
    sku text collate "C" not null,
    begins date not null,
    deal text not null default '',        -- only orders with this promotion's number; empty: every order
    ends date,                            -- the last day; null: until further notice
    amount numeric not null check (amount > 0),
    currency text not null,
    imported_at timestamptz not null,
    primary key (channel_account, sku, account, begins, deal)
);

-- How far each account's purchase orders were read, by when they were placed and, apart, by when they were changed.
create table purchase_order_cursor (
    channel_account text not null,
    by text not null check (by in ('created', 'changed')),
    read_from timestamptz not null,
    window_from timestamptz,
    window_before timestamptz,
    paging_token text not null default '',
    token_until timestamptz,
    pages integer not null default 0,
    begun_at timestamptz not null,
    primary key (channel_account, by)
);
