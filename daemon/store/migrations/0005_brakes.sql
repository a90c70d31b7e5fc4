-- Zeroes that wait, and the brake on mass change.

alter table listing
    add column zero_rule text not null default '' check (zero_rule in ('', 'send', 'hold', 'alert'));

alter table publication
    add column swing_from bigint,             -- what it should show when its window of mass change began
    add column swing_since timestamptz,
    add column swung_at timestamptz,          -- when it last moved by much, and nothing explained that
    add column zero_since timestamptz,        -- when it fell to zero; null: it did not
    add column zero_cause text not null default '',   -- what explains the zero; empty: nothing
    add column zero_ruled text not null default 'send',
    add column zero_look_until timestamptz,   -- the brake looks how many there are
    add column zero_rule_until timestamptz,   -- held by its rule until then; null: until somebody decides
    add column zero_answer text check (zero_answer in ('send', 'keep')),  -- what a person decided about this one
    add column zero_hold text check (zero_hold in ('look', 'rule', 'brake', 'refused')),  -- null: it may be told
    add column zero_hold_until timestamptz,   -- null: until something changes
    add column zero_instead bigint,           -- what may be told meanwhile: what is left by all that is explained
    add column zero_basis timestamptz,        -- what happened since may explain the zero
    add column zero_asked_at timestamptz,     -- when a fresh level was asked for
    add column zero_confirmed_at timestamptz, -- when that level said zero too
    add column zero_judged_at timestamptz;
create index publication_swung on publication (swung_at) where swung_at is not null;
create index publication_zero on publication (listing_id) where zero_since is not null;

-- The brake of an account: on from `began_at`, for zeroes that nothing explains and that fell at or after `covers_from`.
create table brake_event (
    id bigint generated always as identity primary key,
    channel_account text not null,
    covers_from timestamptz not null,
    began_at timestamptz not null,
    moved integer not null,               -- listings that moved so when it went on
    listings integer not null,            -- listings of the account then
    outcome text check (outcome in ('release_all', 'release_confirmed', 'refuse', 'over')),
    ended_at timestamptz,
    escalated integer not null default 0,
    ask_from timestamptz not null         -- levels asked for before this do not count: they are asked for again
);
create unique index brake_on on brake_event (channel_account) where ended_at is null;
create index brake_event_account on brake_event (channel_account, id desc);

-- Zeroes that a person released by name, out of an event.
create table brake_release (
    event_id bigint not null references brake_event (id) on delete cascade,
    listing_id bigint not null references listing (id) on delete cascade,
    released_at timestamptz not null,
    primary key (event_id, listing_id)
);

-- What despatches took of a SKU has to be found by the SKU.
create index parcel_skus on parcel using gin ((content -> 'lines') jsonb_path_ops);
create index despatch_received on despatch (received_at);
create index open_line_part_sku on open_line_part (sku, account);

-- Zeroes that were about to be told are looked at first.
insert into dirty (account, sku, marked_at)
select distinct l.account, l.sku, clock_timestamp()
from publication p join listing l on l.id = p.listing_id
where p.desired = 0 and p.told is distinct from 0
on conflict do nothing;
