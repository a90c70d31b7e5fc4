-- What each channel account lists, as the last whole reading showed it, and what it, the listings and the warehouse's
-- products disagree on.
create table catalogue_walk (
    channel_account text not null,
    marketplace text not null,
    run bigint not null default 0,        -- the number of the newest reading
    state jsonb,                          -- how far it has come; null: it is through
    begun_at timestamptz,
    next_at timestamptz not null,
    compared_at timestamptz,
    primary key (channel_account, marketplace)
);
create table catalogue_item (
    channel_account text not null,
    marketplace text not null,
    seller_sku text collate "C" not null,
    asin text not null default '',
    barcode text not null default '',
    run bigint not null,
    primary key (channel_account, marketplace, seller_sku)
);
create table catalogue_difference (
    channel_account text not null,
    marketplace text not null,
    kind text not null,
    name text collate "C" not null,
    text text not null,
    near text[] not null,
    first_seen timestamptz not null,
    primary key (channel_account, marketplace, kind, name)
);
