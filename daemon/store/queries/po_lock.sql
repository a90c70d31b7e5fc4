select channel_account, number, document, content_hash, version, state, heard_at, amended_at, answered_version, account,
    reasons, overruled, rejections, decided, decided_by, decided_version, believe_next, overdrawn, due_at, safe_at, look_at
from purchase_order
where channel_account = $1 and number = $2
for update;
