-- The pace of a fast clock, for rehearsals: from `since` on, business time runs `factor` times as fast as real time.
create table clock_stretch (
    since timestamptz primary key,        -- on the database's clock
    after timestamptz not null unique,    -- the stretch that it goes on from: of two that go on from one, one is written
    business_at timestamptz not null,
    factor double precision not null check (factor > 0)
);
alter table replica add column bears double precision; -- the fastest pace that it keeps up with; null: any
