-- By when what has left must be invoiced. A row for each run of an order's clock: it stays, with its breach.

create table invoice_clock (
    channel_account text not null,
    number text not null,                 -- the purchase order
    started_at timestamptz not null,      -- when the first of what is not invoiced left
    due_at timestamptz not null,
    warned numeric not null default 0,    -- the highest fraction of its time at which people were warned
    breached_at timestamptz,              -- found late
    stopped_at timestamptz,               -- the retailer took the invoice, or the goods came back; null: it runs
    primary key (channel_account, number, started_at)
);
create unique index invoice_clock_running on invoice_clock (channel_account, number) where stopped_at is null;

-- What has left before there were clocks is looked at once.
insert into invoicing (channel_account, number, look_at)
select distinct channel_account, number, timestamptz 'epoch' from vendor_despatch where stage = 'completed'
on conflict do nothing;
