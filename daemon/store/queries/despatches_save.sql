with despatches as (
    insert into despatch (
        account, despatch_id, revision, state, warehouse, order_reference, channel_kind, channel_account, marketplace,
        channel_order_id, despatched_at, received_at
    )
    select
        account, despatch_id, revision, state, warehouse, order_reference, channel_kind, channel_account, marketplace,
        channel_order_id, despatched_at, received_at
    from jsonb_to_recordset($1::jsonb) as given (
        account text, despatch_id text, revision integer, state text, warehouse text, order_reference text,
        channel_kind text, channel_account text, marketplace text, channel_order_id text, despatched_at timestamptz,
        received_at timestamptz
    )
    on conflict (account, despatch_id) do update
    set revision = excluded.revision, state = excluded.state, warehouse = excluded.warehouse,
        order_reference = excluded.order_reference, channel_kind = excluded.channel_kind,
        channel_account = excluded.channel_account, marketplace = excluded.marketplace,
        channel_order_id = excluded.channel_order_id, despatched_at = excluded.despatched_at,
        received_at = excluded.received_at
)
insert into parcel (account, despatch_id, parcel_id, revision, package_reference, content, withdrawn)
select account, despatch_id, parcel_id, revision, package_reference, content, withdrawn
from jsonb_to_recordset($2::jsonb) as given (
    account text, despatch_id text, parcel_id text, revision integer, package_reference text, content jsonb,
    withdrawn boolean
)
on conflict (account, despatch_id, parcel_id) do update
set revision = excluded.revision, content = excluded.content, withdrawn = excluded.withdrawn
