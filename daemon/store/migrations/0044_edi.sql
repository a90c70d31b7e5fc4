-- EDI: every file as it came and as it left, its interchanges, and what became of each document.
create table edi_file (
    id bigint generated always as identity primary key,
    partner text not null,
    direction text not null check (direction in ('in', 'out')),
    name text not null,
    content bytea not null,
    sha256 bytea not null,
    at timestamptz not null,              -- when it was fetched or made
    state text not null check (state in ('fetched', 'read', 'refused', 'waiting', 'put')),
    put_at timestamptz,
    detail text not null default ''
);
create index edi_file_open on edi_file (partner, direction, id) where state in ('fetched', 'waiting');
-- A file that was archived, and not taken away before a crash, is fetched again and is the same file.
create unique index edi_file_same on edi_file (partner, name, sha256) where direction = 'in';
create index edi_file_at on edi_file (at);

create table edi_interchange (
    id bigint generated always as identity primary key,
    file_id bigint not null references edi_file (id) on delete cascade,
    partner text not null,
    direction text not null check (direction in ('in', 'out')),
    sender text not null,
    number text not null,                 -- ISA13, UNB 0020: as it stands there
    test boolean not null,
    at timestamptz not null,
    content_hash bytea not null,
    state text not null check (state in ('made', 'accepted', 'rejected', 'duplicate', 'reused', 'stranger')),
    faults jsonb not null default '[]'
);
create index edi_interchange_number on edi_interchange (partner, direction, number);
create index edi_interchange_file on edi_interchange (file_id);

create table edi_document (
    id bigint generated always as identity primary key,
    interchange_id bigint not null references edi_interchange (id) on delete cascade,
    partner text not null,
    direction text not null check (direction in ('in', 'out')),
    code text not null,                   -- 850, ORDERS
    interchange text not null,
    group_number text not null,
    number text not null,
    key text not null default '',         -- the order's, shipment's or invoice's number
    state text not null check (state in (
        'taken', 'refused', 'unhandled',                                                -- in
        'waiting', 'put', 'overdue', 'read', 'rejected', 'accepted', 'presumed', 'denied'    -- out
    )),
    at timestamptz not null,
    look_at timestamptz,                  -- out: when silence means something
    text text not null default ''         -- the faults, or the partner's words
);
create index edi_document_interchange on edi_document (interchange_id);
create index edi_document_out on edi_document (partner, group_number, number) where direction = 'out';
create index edi_document_due on edi_document (partner, look_at) where look_at is not null;
create index edi_document_key on edi_document (key) where key <> '';

-- Control numbers: taken in the transaction that writes the file, so that none is used twice and none is skipped.
create table edi_counter (
    partner text not null,
    kind text not null check (kind in ('interchange', 'group', 'message')),
    last bigint not null,
    primary key (partner, kind)
);
