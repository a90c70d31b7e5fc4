-- What reading back found, and why the next reading is made.
alter table publication
    add column read_back_why text not null default '',     -- what makes the next read worth its call
    add column read_backs smallint not null default 0,     -- readings in a row that showed another value: pauses grow with it
    add column accepted_since timestamptz,                 -- when the change that was accepted was committed
    add column proven_at timestamptz,                      -- when what was accepted was first seen live; null: not yet
    add column foreign_value bigint,                       -- what somebody else wrote; null: nobody did
    add column mended_at timestamptz;                      -- when a foreign value last made us tell ours again

create index publication_refused on publication (told_at) where refused_value is not null;

-- One row wherever a reading differs from the one before: what a person wants to see, and no more.
create table publication_reading (
    id bigint generated always as identity primary key,
    listing_id bigint not null references listing (id) on delete cascade,
    read_at timestamptz not null,
    shows bigint,                         -- null: no stock of ours is shown
    accepted bigint,                      -- what should have been shown
    meaning text not null
);
create index publication_reading_listing on publication_reading (listing_id, id desc);
