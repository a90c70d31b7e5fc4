-- Who opened an address, and who dropped its key. One row a day for each reader and purpose, counted.
create table buyer_access (
    subject text not null,                -- whose: order:<channel account>/<order id>, or that of a parked message
    reader text not null,                 -- the process, or the person at the machine
    why text not null,
    day date not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    times integer not null default 1,
    primary key (subject, reader, why, day)
);
create index buyer_access_old on buyer_access (last_at);

-- Orders that still hold something of their buyer, by when they last changed or ended.
create index sales_order_sealed on sales_order (coalesce(ended_at, changed_at))
    where ship_to is not null or raw is not null;
create index sales_order_over on sales_order (ended_at) where state = 'ended' and ship_to is null and raw is null;

-- Keys of parked bodies, and the bodies of a key.
create index subject_key_parked on subject_key (made_at)
    where subject not like 'order:%' and subject not like 'clarus-hook:%';
create index parked_subject on parked (
    (case when partition_key <> '' then partition_key else 'message:' || body_hash end)
);
