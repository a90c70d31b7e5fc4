-- Goods outs of Clarus: what a read showed last, and what we said last of each. Messages leave through the outbox in
-- the transaction that writes this, so that nothing is said twice and nothing is forgotten.
create table clarus_goods_out (
    tenant text not null,
    goods_out_id text not null,
    account text collate "C" not null,
    order_reference text collate "C" not null,
    code text not null,                   -- Clarus's status, as last shown
    ended boolean not null,               -- completed, cancelled or gone
    held boolean not null default false,
    sweep bigint not null default 0,      -- the last sweep that showed it
    shown_at timestamptz not null,        -- when the last read began that counted
    changed_at timestamptz not null,      -- when its status last changed
    said jsonb not null,                  -- handlers/clarus_goods_outs.py: Said; no buyer data
    primary key (tenant, goods_out_id)
);
create index clarus_goods_out_reference on clarus_goods_out (order_reference, tenant);
create index clarus_goods_out_open on clarus_goods_out (tenant, sweep) where not ended;
create index clarus_goods_out_old on clarus_goods_out (tenant, shown_at) where ended;

-- Which of them are to be read by name, and when. The row goes once a read was begun late enough to include its reason.
create table clarus_goods_out_mark (
    tenant text not null,
    order_reference text collate "C" not null,
    marked_at timestamptz not null,       -- the newest reason to read
    due_at timestamptz not null,
    cancelled boolean not null default false,  -- a webhook of ours for cancellations named it
    first_look boolean not null default false, -- shown by the first sweep: what had ended is only noted
    version bigint not null default 1,    -- rises with each reason: who has read clears only what it knew of
    primary key (tenant, order_reference)
);
create index clarus_goods_out_mark_due on clarus_goods_out_mark (tenant, due_at);

-- The sweep of a tenant's goods outs, by status set and date window: the cursor is a row, so a kill costs one page.
create table clarus_goods_out_sweep (
    tenant text primary key,
    sweep bigint not null default 0,
    started_at timestamptz,               -- null: none is under way
    window_from timestamptz,              -- the same for all pages of one sweep
    window_to timestamptz,
    cursor text,
    rows_seen bigint not null default 0,
    finished_at timestamptz,
    next_at timestamptz not null
);

-- Whose messages they are: the header by which the contract's exchange parts them; null on other exchanges.
alter table outbox add column partition_key text;

-- Packing that was told at manifest.
alter table despatch drop constraint despatch_state_check;
alter table despatch add constraint despatch_state_check check (state in ('packed', 'completed', 'undone'));
