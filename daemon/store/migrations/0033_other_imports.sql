-- Connectors of the warehouse's own system that may import a channel account's orders too: each would be made twice.
create table other_import (
    channel_account text not null,
    connector_id text not null,
    name text not null,
    since timestamptz not null,
    primary key (channel_account, connector_id)
);
