-- Channels' orders on their way to the warehouse: as the channel has them, judged, and cleared for release.

create table sales_order (
    channel_account text not null,
    channel_order_id text not null,
    order_reference text not null,        -- what the warehouse will know it by
    marketplace text not null,
    status text not null,                 -- as the channel says, in our words
    status_word text not null default '', -- in the channel's
    programmes text[] not null default '{}',
    ordered_at timestamptz not null,
    updated_at timestamptz not null,      -- the channel's time of its newest change
    ship_by timestamptz,
    deliver_by timestamptz,
    service text not null default '',
    lines jsonb not null,                 -- [SalesLine]; no buyer data
    content_hash text not null,           -- of all that is above, but not of the address
    version integer not null default 1,   -- grows with every change that was accepted, the address's too
    state text not null default 'pending'
        check (state in ('pending', 'blocked', 'ready', 'released', 'ended')),
    blocked_by jsonb not null default '[]',     -- [Reason]: why this version may not go on
    accepted jsonb not null default '[]',       -- [Accepted]: doubts that a person has overruled
    cleared jsonb,                        -- Cleared: what the warehouse is to be told, without the address
    cleared_version integer not null default 0,  -- the newest version that passed
    released_version integer not null default 0, -- the newest that the warehouse was told of
    subject text not null,                -- whose key seals the rest: dropping it erases the buyer
    ship_to bytea,                        -- sealed: ShipTo, as the channel gave it
    ship_to_of timestamptz,               -- the order's updated_at when the address was read
    raw bytea,                            -- sealed: the channel's own answer, as last read
    check_at timestamptz,                 -- when it is judged next; null: nothing would change
    first_seen timestamptz not null,
    changed_at timestamptz not null,      -- when version last grew
    released_at timestamptz,
    ended_at timestamptz,
    primary key (channel_account, channel_order_id)
);
create index sales_order_due on sales_order (channel_account, check_at) where check_at is not null;
create index sales_order_ready on sales_order (channel_account, ship_by) where state = 'ready';
create index sales_order_changed on sales_order (channel_account)
    where state = 'released' and version > released_version;
create index sales_order_blocked on sales_order (channel_account) where blocked_by <> '[]';
create index sales_order_name on sales_order (channel_order_id);
create index sales_order_reference on sales_order (order_reference);

-- Orders that something told us to read: a notification, a person, or the first round of an account.
create table order_to_read (
    channel_account text not null,
    channel_order_id text not null,
    asked_at timestamptz not null,
    not_before timestamptz not null,      -- after a refusal it waits
    primary key (channel_account, channel_order_id)
);

-- A mapping was imported: what it may have freed is judged again. One row, because imports hold other locks.
create table order_recheck (
    channel_account text primary key,     -- '*': all
    asked_at timestamptz not null
);

-- What a buyer chose, by the channel's word, and the carrier and service of the warehouse that fulfil it.
create table shipping_service (
    channel_account text not null,        -- '*' for any
    service text not null,                -- the channel's word; '*' for every other one
    programme text not null default '*',  -- only orders of this programme; '*' for any
    country text not null default '*',    -- only to this country; '*' for any
    carrier text not null,                -- as the warehouse writes them
    carrier_service text not null default '',
    imported_at timestamptz not null,
    primary key (channel_account, service, programme, country)
);

-- Names of a product that are no listing's seller SKU: ASINs, vendor SKUs, barcodes.
create table product_code (
    channel_account text not null,        -- '*' for any
    kind text not null check (kind in ('asin', 'vendor_sku', 'barcode')),
    code text collate "C" not null,
    account text collate "C" not null,
    sku text collate "C" not null,
    pack_size integer not null default 1 check (pack_size > 0),  -- eaches in one
    imported_at timestamptz not null,
    primary key (channel_account, kind, code)
);

-- Names that differ only in case, punctuation or leading zeros are shown as hints.
create index listing_loosely on listing (channel_account, ltrim(lower(regexp_replace(seller_sku, '[^[:alnum:]]', '', 'g')), '0'));
