-- Feeds: many quantities of one account in one marketplace, in one document. Its messages are publication attempts.
create table feed (
    id bigint generated always as identity primary key,
    channel_account text not null,
    marketplace text not null,
    state text not null check (state in
        ('gathering', 'drafted', 'document_made', 'uploaded', 'submitting', 'submitted', 'in_queue', 'in_progress',
         'stuck', 'done', 'fatal', 'cancelled', 'abandoned')),
    gathered_at timestamptz not null,     -- its values are as of then
    due_at timestamptz not null,          -- when its next step may be taken
    document_id text not null default '', -- the addresses of documents are keys, and never written down
    submissions integer not null default 0,
    submitted_at timestamptz,             -- when the first submission left that may have had an effect
    partner_ids text[] not null default '{}',
    awaited text[] not null default '{}', -- those of them whose end nobody has seen
    result_document text not null default '',
    tries integer not null default 0,
    polls integer not null default 0,
    reason text not null default '',
    last_message integer not null default 0,
    messages integer not null default 0,  -- in the document that was uploaded
    accepted integer not null default 0,
    refused integer not null default 0,
    failed boolean not null default false,
    settled boolean not null default false,
    settled_at timestamptz
);
create index feed_open on feed (channel_account) where not settled;
create index feed_ended on feed (channel_account, settled_at desc) where settled;

create table feed_history (
    feed_id bigint not null references feed (id) on delete cascade,
    at timestamptz not null,
    state text not null,
    note text not null default ''
);
create index feed_history_feed on feed_history (feed_id, at);

alter table publication_attempt
    add column feed_id bigint references feed (id),  -- null: a patch
    add column message_id integer;
create index publication_attempt_feed on publication_attempt (feed_id, message_id) where feed_id is not null;

-- The scheduled baseline of an account: the last one that was begun, and whether every listing was marked for it.
create table baseline (
    channel_account text primary key,
    due_at timestamptz not null,
    marked boolean not null
);
