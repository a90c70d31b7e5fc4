-- Putting a shop back to what it showed before something went wrong.
create table restore (
    id bigint generated always as identity primary key,
    channel_account text not null,
    to_time timestamptz not null,
    asked_by text not null,
    note text not null default '',
    asked_at timestamptz not null,
    until timestamptz not null,           -- nothing is restored after this; the books alone count again
    allowed_until timestamptz,            -- without a fresh reading, by a person's decision, until then
    listings integer not null default 0,  -- to be restored
    complete boolean not null default false, -- every one of them has its row
    ended_at timestamptz
);
create unique index restore_open on restore (channel_account) where ended_at is null;

alter table publication
    add column restore_id bigint references restore (id),
    add column restore_old bigint,        -- what the channel was told then
    add column restore_value bigint;      -- less what has gone out since
create index publication_restore on publication (restore_id) where restore_id is not null;
