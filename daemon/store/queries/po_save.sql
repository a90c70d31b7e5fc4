-- What a retailer wants now. What people said of the order stays.
insert into purchase_order (
    channel_account, number, marketplace, transport, ordered_at, changed_at, document, content_hash, version, state,
    heard_at, amended_at, answered_version, due_at, safe_at, escalations, look_at
)
select channel_account, number, marketplace, transport, ordered_at, changed_at, document, content_hash, version, state,
    heard_at, amended_at, answered_version, due_at, safe_at, escalations, $2
from jsonb_to_record($1::jsonb) as given (
    channel_account text, number text, marketplace text, transport text, ordered_at timestamptz, changed_at timestamptz,
    document jsonb, content_hash text, version integer, state text, heard_at timestamptz, amended_at timestamptz,
    answered_version integer, due_at timestamptz, safe_at timestamptz, escalations timestamptz[]
)
on conflict (channel_account, number) do update
set transport = excluded.transport, changed_at = excluded.changed_at, document = excluded.document,
    content_hash = excluded.content_hash, version = excluded.version, state = excluded.state,
    amended_at = excluded.amended_at, answered_version = excluded.answered_version, due_at = excluded.due_at,
    safe_at = excluded.safe_at, escalations = excluded.escalations, believe_next = false,
    look_at = coalesce(least(purchase_order.look_at, excluded.look_at), excluded.look_at);
