update purchase_order
set overruled = overruled || $3::jsonb, look_at = $4
where channel_account = $1 and number = $2 and state in ('received', 'held')
returning number;
