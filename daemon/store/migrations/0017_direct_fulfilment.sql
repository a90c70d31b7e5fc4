-- Updates of direct fulfilment stock: each names some items of one of the channel's warehouses, and is a row before it
-- is a request. Its items are publication attempts.
create table stock_update (
    id bigint generated always as identity primary key,
    channel_account text not null,
    warehouse text not null,              -- the channel's name of it
    state text not null check (state in
        ('sent', 'processing', 'overdue', 'in_effect', 'refused', 'unknown', 'lost', 'not_sent')),
    items integer not null,
    sent_at timestamptz not null,
    transaction_id text not null default '',
    look_at timestamptz not null,         -- when somebody has to look at it again
    ended_at timestamptz,
    answer text not null default '',
    request_id text not null default '',
    holder text not null
);
create index stock_update_open on stock_update (channel_account, look_at) where ended_at is null;
create index stock_update_ended on stock_update (ended_at) where ended_at is not null;

alter table publication_attempt add column update_id bigint references stock_update (id);
create index publication_attempt_update on publication_attempt (update_id) where update_id is not null;

-- How many items an update with this one may have, since the channel refused one; null: as many as fit.
alter table publication add column together integer check (together > 0);
