-- Webhooks as they came, sealed: a 2xx means that this row is there. There is no delivery id, so the content is its name.
create table clarus_hook (
    id bigint generated always as identity primary key,
    tenant text not null,
    hook text not null,                   -- our name for the automation
    content_hash text not null,           -- SHA-256 of the body
    subject text not null,                -- whose key seals the body: the record's, where it names one
    body bytea not null,                  -- sealed
    headers jsonb not null,
    sku text collate "C" not null default '', -- what it was taken to be about
    outcome text not null,                -- of the last delivery
    times integer not null default 1,
    received_at timestamptz not null,
    last_at timestamptz not null,
    marked_at timestamptz,                -- when it last led to a read; null: never
    unique (tenant, hook, content_hash)
);
create index clarus_hook_last on clarus_hook (last_at);
create index clarus_hook_subject on clarus_hook (subject);

-- What is to be read, and when. The row goes once a read was begun late enough to include its reason.
create table clarus_mark (
    tenant text not null,
    sku text collate "C" not null,
    marked_at timestamptz not null,       -- the newest reason to read
    due_at timestamptz not null,
    version bigint not null default 1,    -- rises with each reason: who has read clears only what it knew of
    primary key (tenant, sku)
);
create index clarus_mark_due on clarus_mark (tenant, due_at);

-- A read that is believed only together with a later one: it would raise, or it differs from what the bus says.
create table clarus_second_look (
    account text collate "C" not null,
    warehouse text collate "C" not null,
    sku text collate "C" not null,
    tenant text not null,
    since timestamptz not null,           -- when the first of the reads began
    available bigint not null,            -- the least balance that was read since
    allocated bigint not null,
    ordered bigint not null,
    received bigint not null,
    picked bigint not null,
    number bigint not null,               -- the stream's number when it began
    rounds integer not null default 1,
    primary key (sku, account, warehouse)
);

-- Which balances each sweep has shown, and the product's id, by which a webhook may name it.
create table clarus_seen (
    account text collate "C" not null,
    warehouse text collate "C" not null,
    sku text collate "C" not null,
    tenant text not null,
    product_id text not null default '',
    sweep bigint not null,
    primary key (sku, account, warehouse)
);
create index clarus_seen_product on clarus_seen (tenant, product_id);

-- The sweep of a tenant's balances: the cursor is a row, so a kill costs one page.
create table clarus_sweep (
    tenant text primary key,
    sweep bigint not null default 0,      -- rises with each sweep
    started_at timestamptz,               -- null: none is under way
    cursor text,
    pages integer not null default 0,
    rows_seen bigint not null default 0,
    moved boolean not null default false, -- rows came twice or went missing: pages changed while they were read
    finished_at timestamptz,
    next_at timestamptz not null
);

-- Numbers of our own for reads, taken before the request: a read that began earlier never overwrites a later one.
create sequence clarus_read_number;
