-- Despatches to retailers, the loads they ride on, what was noticed and invoiced of them. The documents themselves stand
-- in the ledger: effect, lane `vendor_documents`, kinds ship_notice and invoice.

-- A despatch to a retailer as its highest revision left it.
create table vendor_despatch (
    account text not null,
    despatch_id text not null,
    revision integer not null,
    channel_account text not null,
    number text not null,                 -- the purchase order
    stage text not null check (stage in ('packed', 'completed', 'undone')),
    data jsonb not null,                  -- DespatchData
    at timestamptz not null,              -- when that happened
    load_keys text[] not null,            -- the loads that it is part of, or was
    primary key (account, despatch_id)
);
create index vendor_despatch_load on vendor_despatch using gin (load_keys);
create index vendor_despatch_order on vendor_despatch (channel_account, number);

create sequence shipment_number;

-- What travels together, and the ship notice about it.
create table ship_load (
    channel_account text not null,
    load_key text not null,
    shipment text not null unique,        -- the notice's own number, never given to another load
    told jsonb,                           -- ShipNotice as it was last sent and not refused; null: none
    before jsonb,                         -- what stood before the document that is not settled
    first_at timestamptz,                 -- when the first of them was
    accepted boolean not null default false,  -- the retailer has it, as far as it ever says
    refused jsonb,                        -- ShipNotice that the retailer refused: the same is not sent again by itself
    bill_of_lading text not null default '',
    effect_key text not null default '',  -- the document that is not settled
    documents integer not null default 0, -- made so far: they number the keys
    lacks text[] not null default '{}',   -- words of what keeps it from being sent
    asked text not null default '',       -- what people were asked about last
    started_at timestamptz,               -- the clock of its first notice
    due_at timestamptz,
    warned numeric not null default 0,    -- the highest fraction of its time at which people were warned
    breached_at timestamptz,              -- found late
    look_at timestamptz,                  -- null: once something changes
    changed_at timestamptz not null,
    primary key (channel_account, load_key)
);
create index ship_load_look on ship_load (channel_account, look_at) where look_at is not null;
create index ship_load_bill on ship_load (bill_of_lading) where bill_of_lading <> '';

-- How much of each line of a purchase order the standing notice of a load tells of, in the line's own unit.
create table ship_load_line (
    channel_account text not null,
    load_key text not null,
    number text not null,
    line text not null,
    amount integer not null check (amount > 0),
    primary key (channel_account, number, line, load_key),
    foreign key (channel_account, load_key) references ship_load (channel_account, load_key) on delete cascade
);
create index ship_load_line_load on ship_load_line (channel_account, load_key);

-- One counter for each GS1 prefix and extension digit. It moves with the codes that it gives, or not at all.
create table sscc_pool (
    name text primary key,
    issued bigint not null default 0 check (issued >= 0)
);

-- Every SSCC of a year: given out here, or told by a warehouse that numbers its own.
create table sscc (
    sscc text primary key check (sscc ~ '^[0-9]{18}$'),
    subject text not null,                -- the carton or pallet it was given to; empty: numbered by the warehouse
    load_key text not null default '',    -- the load that it was noticed for
    used_at timestamptz not null
);
create unique index sscc_subject on sscc (subject) where subject <> '';

create table invoice_series (
    name text primary key,
    issued bigint not null default 0 check (issued >= 0)
);

-- Invoices and credit notes. A number is given once, to one document, whatever becomes of it.
create table invoice (
    number text primary key,
    channel_account text not null,
    purchase_order text not null,
    kind text not null check (kind in ('invoice', 'credit_note')),
    credits text not null default '',     -- of a credit note: the invoice it takes from
    document jsonb not null,              -- Invoice
    effect_key text not null unique,
    cancelled_at timestamptz,             -- given up by a person: what it asked for is invoiced anew
    issued_at timestamptz not null
);
create index invoice_order on invoice (channel_account, purchase_order);

-- Which purchase orders are to be looked at: something of what they may be invoiced for has changed.
create table invoicing (
    channel_account text not null,
    number text not null,
    look_at timestamptz not null,
    lacks text[] not null default '{}',
    primary key (channel_account, number)
);
create index invoicing_look on invoicing (channel_account, look_at);
