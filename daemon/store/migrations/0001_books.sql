-- Stock: one row per (account, warehouse, SKU), the balance and the counter that guards its order.
create table stock (
    id bigint generated always as identity primary key,
    account text collate "C" not null,    -- names are opaque: bytes are compared, nothing else
    warehouse text collate "C" not null,
    sku text collate "C" not null,
    source text not null,
    version bigint not null default 0,    -- rises with every change: two writers cannot both build on the same
    epoch bigint not null default 0,
    applied bigint,                       -- last applied sequence; null: no counter yet in this epoch
    number bigint not null default 0,     -- our own gap-free number in goodsout.stock
    available bigint not null default 0,
    allocated bigint not null default 0,
    ordered bigint not null default 0,
    received bigint not null default 0,
    picked bigint not null default 0,
    held bigint not null default 0,
    last_time timestamptz,                -- latest time of anything applied
    level_time timestamptz,               -- time of the last level applied
    unique (sku, account, warehouse)      -- the SKU first: one comparison finds it among a million
) with (fillfactor = 80);

-- A SKU in a gap or in doubt; absent for the healthy, so that the healthy row stays small and hot.
create table stock_trouble (
    stock_id bigint primary key references stock (id) on delete cascade,
    highest_seen bigint not null,
    held_outflow bigint not null default 0,
    gap_since timestamptz,
    doubt_since timestamptz,
    doubt_reason text not null default '',
    command_id text,
    asked_at timestamptz,
    ask_again_at timestamptz,
    suspicions smallint not null default 0
);
create index stock_trouble_gap on stock_trouble (gap_since) where gap_since is not null and doubt_since is null;
create index stock_trouble_ask on stock_trouble (ask_again_at) where doubt_since is not null;

-- Movements that wait behind a gap, or for the first level of a new epoch.
create table held_movement (
    stock_id bigint not null references stock (id) on delete cascade,
    epoch bigint not null,
    sequence bigint not null,
    message jsonb not null,
    received_at timestamptz not null,
    primary key (stock_id, epoch, sequence)
);

-- The ordered stream. `position` is batch * 1,000,000 + place in the batch, so a batch is a range.
create table stock_stream (
    position bigint primary key,
    stock_id bigint not null,
    number bigint not null,
    epoch bigint not null,
    sequence bigint not null,
    kind text not null,
    event_id text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    available bigint not null,
    allocated bigint not null,
    ordered bigint not null,
    received bigint not null,
    picked bigint not null,
    held bigint not null,
    unique (stock_id, number)
);

create sequence stock_batch;

-- The stream's outbox: one row per committed batch, deleted when all of it is confirmed.
create table stock_outbox (
    batch bigint primary key,
    partition smallint not null,
    recorded_at timestamptz not null
);

-- One mark per (account, SKU): the publisher has something to compute.
create table dirty (
    account text collate "C" not null,
    sku text collate "C" not null,
    marked_at timestamptz not null,
    primary key (sku, account)
) with (fillfactor = 70);

-- Messages without a sequence are recognised by (source, id). Partitioned by the message's own time, never by arrival:
-- a redelivery after midnight must still collide. The default partition takes what has no believable time.
create table inbox (
    source text not null,
    id text not null,
    happened_at timestamptz not null,
    received_at timestamptz not null,
    primary key (source, id, happened_at)
) partition by range (happened_at);
create table inbox_default partition of inbox default;

-- What is to be published, until it is confirmed.
create table outbox (
    id bigint generated always as identity primary key,
    exchange text not null,
    routing_key text not null,
    message_id text not null,
    body bytea not null,
    recorded_at timestamptz not null
);

-- Listings: what a channel account sells, out of which stock. Owned by merchandising and ecommerce through CSV files.
create table listing (
    id bigint generated always as identity primary key,
    channel_account text not null,
    marketplace text not null,
    seller_sku text collate "C" not null,
    account text collate "C" not null,
    sku text collate "C" not null,
    pack_size integer not null default 1 check (pack_size > 0),
    buffer_units bigint not null default 0 check (buffer_units >= 0),
    buffer_percent numeric(5, 2) not null default 0 check (buffer_percent between 0 and 100),
    share_percent numeric(5, 2) not null default 100 check (share_percent between 0 and 100),
    cap bigint check (cap >= 0),
    floor bigint not null default 0 check (floor >= 0),
    lead_time_days smallint check (lead_time_days between 0 and 30),
    product_type text not null default 'PRODUCT',
    stopped boolean not null default false,
    imported_at timestamptz not null,
    unique (channel_account, marketplace, seller_sku)
);
create index listing_stock on listing (sku, account);

-- What each listing should show, what was told, what is live. Desired against live: the publisher closes the difference.
create table publication (
    listing_id bigint primary key references listing (id) on delete cascade,
    desired bigint,                       -- null: no stock rows, nothing to tell
    doubtful boolean not null default false,
    desired_at timestamptz,               -- when desired last changed
    untold_since timestamptz,             -- oldest change not yet accepted; null: nothing to tell
    told bigint,                          -- last value that left for the channel
    told_at timestamptz,
    flight_id bigint,                     -- attempt under way or unknown; null: none
    flight_value bigint,
    flight_state text check (flight_state in ('sent', 'unknown')),
    flight_since timestamptz,             -- when it left
    flight_over_at timestamptz,           -- when it can no longer take effect; set once unknown
    tell_again_at timestamptz,            -- a lowering overtook something: tell the newest value again
    not_before timestamptz,               -- backed off after a throttle or an outage
    accepted bigint,
    accepted_at timestamptz,
    live bigint,
    live_at timestamptz,
    read_back_at timestamptz,             -- next read of what is live
    refused_value bigint,                 -- a value the channel refused; not sent again until something changes
    refused_reason text not null default ''
);
create index publication_untold on publication (untold_since) where untold_since is not null;
create index publication_again on publication (tell_again_at) where tell_again_at is not null;
create index publication_read on publication (read_back_at) where read_back_at is not null;
create index publication_flight on publication (flight_since) where flight_id is not null;

-- Every stock request: a row before it is a request.
create table publication_attempt (
    id bigint generated always as identity primary key,
    listing_id bigint not null references listing (id) on delete cascade,
    value bigint not null,
    told_before bigint,
    sellable bigint not null,             -- the formula's result when it was sent
    doubtful boolean not null,
    overtakes bigint,
    sent_at timestamptz not null,
    ended_at timestamptz,
    state text not null check (state in ('sent', 'unknown', 'accepted', 'refused', 'throttled', 'never_left')),
    answer text not null default '',
    request_id text not null default '',
    holder text not null
);
create index publication_attempt_listing on publication_attempt (listing_id, id desc);
create index publication_attempt_sent on publication_attempt (sent_at) where state = 'sent';

-- Leases and replicas run on the database's clock.
create table lease (
    name text primary key,
    holder text not null,
    fence bigint not null default 1,
    since timestamptz not null default clock_timestamp(),  -- when this holder took it
    expires_at timestamptz not null
);
create table replica (
    name text primary key,
    roles text[] not null,
    seen_at timestamptz not null
);

-- Rate budgets, shared by all replicas, on the database's clock.
create table budget (
    bucket text primary key,
    rate double precision not null check (rate > 0),    -- tokens per second
    burst double precision not null check (burst >= 1),
    tokens double precision not null,
    counted_at timestamptz not null,
    closed_until timestamptz,                           -- after a 429
    throttles bigint not null default 0
);

-- Carrier and service of the warehouse to the channel's exact names. Owned by operations.
create table carrier (
    id bigint generated always as identity primary key,
    channel_account text not null,        -- '*' for every account
    carrier text not null,
    service text not null,                -- '*' for every service of the carrier
    carrier_code text not null,
    carrier_name text not null default '',
    shipping_method text not null default '',
    confirm boolean not null default true, -- false: the channel already knows (a label bought from it)
    imported_at timestamptz not null,
    unique (channel_account, carrier, service)
);

-- Where orders stand in the warehouse; the highest revision wins.
create table order_standing (
    account text not null,
    order_reference text not null,
    revision integer not null,
    standing text not null,
    lines jsonb not null,
    at timestamptz not null,
    primary key (account, order_reference)
);

-- What the channel said of an order when we asked: no buyer data, lines and programmes only.
create table channel_order (
    channel_account text not null,
    channel_order_id text not null,
    programmes text[] not null,
    marketplace text not null default '',
    status text not null,
    lines jsonb not null,                 -- [{line_reference, seller_sku, ordered, unfulfilled}]
    packages jsonb not null,              -- [{package_reference, carrier, tracking_number, lines}]
    read_at timestamptz not null,
    primary key (channel_account, channel_order_id)
);

create table despatch (
    account text not null,
    despatch_id text not null,
    revision integer not null,
    state text not null check (state in ('completed', 'undone')),
    warehouse text not null,
    order_reference text not null,
    channel_kind text not null default '',
    channel_account text not null default '',
    marketplace text not null default '',
    channel_order_id text not null default '',
    despatched_at timestamptz not null,
    received_at timestamptz not null,
    primary key (account, despatch_id)
);
create index despatch_order on despatch (account, order_reference);

create sequence package_reference start 100001;

-- A parcel keeps its reference for life, and no other parcel ever gets it.
create table parcel (
    account text not null,
    despatch_id text not null,
    parcel_id text not null,
    revision integer not null,
    package_reference text not null unique,
    content jsonb not null,               -- carrier, service, tracking number, lines in eaches
    withdrawn boolean not null default false,
    primary key (account, despatch_id, parcel_id),
    foreign key (account, despatch_id) references despatch (account, despatch_id)
);

-- The ledger of documents: a row before it is a request.
create table effect (
    id bigint generated always as identity primary key,
    kind text not null,
    subject text not null,
    unique_key text not null unique,
    lane text not null,
    account text not null,                -- channel account whose budget it draws on
    state text not null check (state in
        ('blocked', 'held', 'waiting', 'sent', 'unknown', 'accepted', 'live', 'refused', 'withdrawn', 'dead')),
    needs_order boolean not null default false, -- waiting: the channel's order has to be read first
    called_off boolean not null default false,  -- no longer wanted: if it did not happen, it is not repeated
    step text generated always as (       -- what is to be done once due: tell, read (we must know), look (is it live?)
        case when state = 'waiting' and called_off then null
             when state = 'waiting' and not needs_order then 'tell'
             when state in ('waiting', 'unknown') then 'read'
             when state = 'accepted' then 'look' end
    ) stored,
    reason text not null default '',      -- a word: why blocked, refused, withdrawn
    detail text not null default '',      -- the same for a person, the partner's own text
    waits_for text not null default '',   -- blocked: what would free it, e.g. carrier:DPD/NEXT-DAY
    payload jsonb not null,
    request_hash text not null default '',
    due timestamptz not null,
    deadline timestamptz,
    after_effect bigint references effect (id),
    attempt integer not null default 0,
    reads integer not null default 0,
    sent_at timestamptz,                  -- when the last attempt left
    over_at timestamptz,                  -- when that attempt can no longer take effect
    holder text not null default '',
    request_id text not null default '',
    received_at timestamptz not null,     -- when the event that asked for it reached us
    created_at timestamptz not null,
    settled_at timestamptz
);
create index effect_due on effect (lane, account, step, due) where step is not null;
create index effect_sent on effect (sent_at) where state = 'sent';
create index effect_blocked on effect (waits_for) where state = 'blocked';
create index effect_subject on effect (subject, id);

create table effect_history (
    effect_id bigint not null references effect (id) on delete cascade,
    at timestamptz not null,
    state text not null,
    note text not null default ''
);
create index effect_history_effect on effect_history (effect_id, at);

create table promise (
    kind text not null,
    subject text not null,
    owner text not null,
    started_at timestamptz not null,
    deadline timestamptz not null,
    penalty jsonb,                        -- {amount, currency, kind}
    settled_at timestamptz,
    primary key (kind, subject)
);
create index promise_open on promise (deadline) where settled_at is null;

-- One open row per (kind, cause).
create table alert (
    id bigint generated always as identity primary key,
    kind text not null,
    cause text not null,
    subject text not null,
    owner text not null,
    severity text not null check (severity in ('info', 'warning', 'error', 'critical')),
    text text not null,
    detail jsonb not null default '{}',
    deadline timestamptz,
    times integer not null default 1,
    raised_at timestamptz not null,
    last_at timestamptz not null,
    resolved_at timestamptz
);
create unique index alert_open on alert (kind, cause) where resolved_at is null;

create table alert_history (
    alert_id bigint not null references alert (id) on delete cascade,
    at timestamptz not null,
    what text not null,
    text text not null default ''
);

create table decision (
    id bigint generated always as identity primary key,
    kind text not null,
    subject text not null,
    owner text not null,
    question text not null,
    options text[] not null,
    default_option text,                  -- null: nothing happens by itself
    default_at timestamptz,
    detail jsonb not null default '{}',
    raised_at timestamptz not null,
    decided text,
    decided_by text,
    decided_at timestamptz,
    note text not null default '',
    carried_out_at timestamptz
);
create unique index decision_open on decision (kind, subject) where decided is null;

-- Messages nobody could act on. The table is the truth, goodsout.dead-letters a notice.
create table parked (
    id bigint generated always as identity primary key,
    reason text not null,
    detail text not null,
    origin text not null,                 -- the queue it came from
    exchange text not null,
    routing_key text not null,
    message_id text not null default '',
    source text not null default '',
    partition_key text not null default '',
    headers jsonb not null default '{}',
    content_type text not null default '',
    body bytea not null,                  -- sealed where body_sealed
    body_sealed boolean not null,
    body_hash text not null,
    trace text not null default '',
    deliveries integer not null default 1,
    parked_at timestamptz not null,
    state text not null default 'parked' check (state in ('parked', 'replayed', 'discarded')),
    settled_at timestamptz,
    settled_by text not null default '',
    note text not null default '',        -- why it was settled that way
    corrected_body bytea,                 -- what was replayed in its place; sealed where body_sealed
    unique (origin, body_hash, message_id)
);
create index parked_open on parked (parked_at) where state = 'parked';

-- A key per subject, itself sealed by the master key: dropping the row erases what it sealed.
create table subject_key (
    subject text primary key,
    sealed_key bytea not null,
    made_at timestamptz not null
);

create table level_request (
    command_id text primary key,
    account text not null,
    warehouse text not null,
    sku text not null,
    asked_at timestamptz not null,
    sent integer not null default 1,
    answer text not null default '',
    answered_at timestamptz
);
create index level_request_open on level_request (asked_at) where answered_at is null;
