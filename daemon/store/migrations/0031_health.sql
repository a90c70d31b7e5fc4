-- The order's clocks, what ran out, and the channels' own reports of how an account stands. No buyer data.

create table order_clock (
    channel_account text not null,
    channel_order_id text not null,
    marketplace text not null default '',
    standing text not null default '',    -- as the channel says, in our words; empty: not heard of there yet
    ordered_at timestamptz,
    updated_at timestamptz,               -- the channel's time of its newest change
    ship_by timestamptz,
    left_at timestamptz,                  -- the last parcel left the warehouse
    told_at timestamptz,                  -- the channel accepted that, for the last parcel told
    shipped_at timestamptz,               -- the channel was first seen to show all of it despatched: its own time
    cancelled_at timestamptz,
    cancelled_by text not null default '',  -- buyer, merchant, channel; empty: not told
    due_at timestamptz,                   -- when a clock of it runs out, or it changed; null: nothing runs
    heard_at timestamptz not null,        -- of anything, last
    open boolean generated always as (    -- it still has to be confirmed
        coalesce(
            standing in ('open', 'part_despatched')
            and (told_at is null or (standing = 'part_despatched' and told_at < updated_at)),
            false
        )
    ) stored,
    primary key (channel_account, channel_order_id)
) with (fillfactor = 80);
create index order_clock_due on order_clock (due_at) where due_at is not null;
create index order_clock_open on order_clock (channel_account, marketplace, ship_by) where open;
create index order_clock_left on order_clock (channel_account, marketplace, left_at) where open and left_at is not null;
create index order_clock_unshown on order_clock (channel_account, marketplace, told_at) where standing = 'open' and told_at is not null;
create index order_clock_settled on order_clock (channel_account, marketplace, ship_by)
    include (told_at, shipped_at) where not open and (told_at is not null or shipped_at is not null);
create index order_clock_ordered on order_clock (channel_account, marketplace, ordered_at);
create index order_clock_told on order_clock (channel_account, marketplace, told_at) where told_at is not null;
create index order_clock_cancelled on order_clock (channel_account, marketplace, cancelled_at) where cancelled_at is not null;
create index order_clock_old on order_clock (heard_at) where not open;

-- A clock that ran out, once for each deadline. A deadline that the channel moves may run out again.
create table order_breach (
    channel_account text not null,
    channel_order_id text not null,
    clock text not null,
    deadline timestamptz not null,
    marketplace text not null default '',
    recorded_at timestamptz not null,
    ended_at timestamptz,                 -- what should have happened did, so late
    primary key (channel_account, channel_order_id, clock, deadline)
);
create index order_breach_newest on order_breach (channel_account, deadline);
create index order_breach_old on order_breach (recorded_at);

-- Reports asked of a channel: a row before it is a request, so that whoever takes over goes on where it stood.
create table channel_report (
    id bigint generated always as identity primary key,
    channel_account text not null,
    report_type text not null,
    state text not null check (state in ('wanted', 'asking', 'asked', 'done', 'read', 'failed')),
    begun_at timestamptz not null,
    due_at timestamptz not null,          -- when its next step may be taken
    asked_at timestamptz,                 -- when the first request left that may have had an effect
    requests integer not null default 0,
    partner_id text not null default '',
    document_id text not null default '', -- the addresses of documents are keys, and never written down
    tries integer not null default 0,
    reason text not null default '',
    settled_at timestamptz,
    content jsonb,                        -- what was read of it
    subject text not null default '',     -- whose key seals the body
    body bytea                            -- sealed: a document that could not be read, or not all of it
);
create unique index channel_report_open on channel_report (channel_account, report_type) where settled_at is null;
create index channel_report_newest on channel_report (channel_account, report_type, begun_at desc);

-- Parcels whose tracking number the channel may not take for one.
create index effect_doubtful on effect (account, received_at) where payload ->> 'doubt' <> '';
create index order_standing_cancelled on order_standing (at) where standing = 'cancelled';
