-- By which settings every listing was last computed: others have all of them computed anew.
create table reckoned (
    one boolean primary key default true check (one),
    fingerprint text not null,
    since timestamptz not null
);
create index listing_by_stock on listing (account, sku);
