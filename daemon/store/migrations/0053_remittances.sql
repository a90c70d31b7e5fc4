-- What retailers pay: each remittance once, and what it says of each of our documents.
create table remittance (
    channel_account text not null,
    reference text not null,              -- the payer's
    digest text not null,                 -- of all that it says: the same one sent again has the same
    document jsonb not null,              -- Remittance
    currency text not null,
    total numeric not null,
    paid_on timestamptz,
    heard_at timestamptz not null,
    primary key (channel_account, reference)
);

create table remittance_item (
    channel_account text not null,
    reference text not null,
    place integer not null,
    number text not null,                 -- of the invoice or credit note
    item jsonb not null,                  -- Paid
    primary key (channel_account, reference, place),
    foreign key (channel_account, reference) references remittance (channel_account, reference) on delete cascade
);
create index remittance_item_number on remittance_item (channel_account, number);

create index invoice_credits on invoice (credits) where credits <> '';

-- Where invoices stand that something was paid for; all others are open.
create table invoice_standing (
    number text primary key references invoice (number) on delete cascade,
    state text not null check (state in ('open', 'paid', 'short_paid', 'over_paid')),
    owed numeric not null,
    paid numeric not null,
    discount numeric not null,
    at timestamptz not null
);
