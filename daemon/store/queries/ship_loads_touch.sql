-- Loads of which something has changed, looked at from $3 on; a new one gets its shipment number here, once for ever.
insert into ship_load as l (channel_account, load_key, shipment, look_at, changed_at)
select $1, key, $4 || lpad(nextval('shipment_number')::text, 8, '0'), $3, $3
from unnest($2::text[]) as key
order by key
on conflict (channel_account, load_key) do update set look_at = least(l.look_at, excluded.look_at), changed_at = $3
