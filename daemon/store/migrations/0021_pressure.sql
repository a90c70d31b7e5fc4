-- How long dear lowerings wait for their turn, per selling account, and what is held back because of it.
create table publication_pressure (
    channel_account text primary key,
    waiting double precision not null check (waiting >= 0),  -- seconds
    noted_at timestamptz not null
);
alter table publication add column held_back bigint not null default 0;  -- channel units, in case others take them first
create index publication_held_back on publication (listing_id) where held_back > 0;

-- Order lines a day, decayed like per_day: how many units an order asks for is the one over the other.
alter table demand add column orders_per_day double precision not null default 0;
