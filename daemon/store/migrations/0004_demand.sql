-- What channels have sold: open order lines that no stock reading covers yet, measured demand, kits and priorities.

alter table listing
    add column velocity_class text not null default '',     -- given by merchandising; empty: measured
    add column priority smallint not null default 1 check (priority between 1 and 99),  -- 1 is served first
    add column reserve bigint not null default 0 check (reserve >= 0),  -- eaches that lower priorities do not see
    add column components jsonb not null default '[]';      -- of a kit: [{sku, quantity}]
create index listing_reserve on listing (sku, account) where reserve > 0;

-- A kit: a listing made of components. Its own SKU is a name only; what it may show is its components' minimum.
-- The same as listing.components, by SKU: a component that moved finds its kits here. Both are written by the import.
create table kit_component (
    listing_id bigint not null references listing (id) on delete cascade,
    account text collate "C" not null,
    sku text collate "C" not null,
    quantity integer not null check (quantity > 0),         -- eaches in one kit
    primary key (listing_id, sku, account)
);
create index kit_component_stock on kit_component (sku, account);

-- Measured demand: a decayed rate in the channel's units per day, as at counted_at.
create table demand (
    listing_id bigint primary key references listing (id) on delete cascade,
    per_day double precision not null,
    counted_at timestamptz not null,
    velocity_class text not null default ''                 -- the last one measured, so that it does not flap
);

-- A line of a channel's order, in the channel's units, as the channel last said.
create table open_line (
    id bigint generated always as identity primary key,
    channel_account text not null,
    channel_order_id text not null,
    line_reference text not null,
    order_reference text not null,        -- the warehouse's name for the order; the channel's own until we know better
    marketplace text not null,
    seller_sku text collate "C" not null,
    ordered bigint not null check (ordered >= 0),
    cancelled bigint not null default 0 check (cancelled >= 0),
    fulfilled bigint not null default 0 check (fulfilled >= 0),
    ordered_at timestamptz not null,
    updated_at timestamptz not null,      -- the channel's time of its newest change
    first_seen timestamptz not null,
    mapped_at timestamptz,                -- null: no listing of ours has this name; it waits, and goes on by itself
    unique (channel_account, channel_order_id, line_reference)
);
create index open_line_unmapped on open_line (channel_account) where mapped_at is null;
create index open_line_seen on open_line (first_seen);

-- What a line takes of one SKU, in eaches, unit by unit.
create table open_line_part (
    line_id bigint not null references open_line (id) on delete cascade,
    account text collate "C" not null,
    sku text collate "C" not null,
    order_reference text not null,
    per_unit integer not null check (per_unit > 0),         -- eaches in one of the channel's units
    ordered bigint not null,
    cancelled bigint not null default 0,  -- by the channel
    withdrawn bigint not null default 0,  -- cancelled by the warehouse
    revision integer not null default -1, -- of the newest order.* event that counts here
    claims jsonb not null default '[]',   -- what each warehouse has set aside, and which readings include it
    closed_at timestamptz,                -- takes nothing any more
    primary key (line_id, sku, account)
);
create index open_line_part_stock on open_line_part (sku, account) where closed_at is null;
create index open_line_part_open on open_line_part (line_id) where closed_at is null;
create index open_line_part_order on open_line_part (order_reference, account);

-- A warehouse that has a name of its own for an order is recognised by the channel's line ids in its events.
create index order_standing_lines on order_standing using gin (lines jsonb_path_ops);

-- How far each account's orders have been read; an interrupted paging goes on where it was.
create table order_cursor (
    channel_account text primary key,
    read_from timestamptz not null,       -- everything that changed before this was read
    window_from timestamptz,              -- of the window under way, from here
    window_before timestamptz,            -- to here
    paging_token text not null default '',
    token_until timestamptz,
    pages integer not null default 0,     -- of the window under way
    begun_at timestamptz not null         -- when this account was read first
);
