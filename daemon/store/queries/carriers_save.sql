insert into carrier (channel_account, carrier, service, carrier_code, carrier_name, shipping_method, confirm, imported_at)
select channel_account, carrier, service, carrier_code, carrier_name, shipping_method, confirm, $2
from jsonb_to_recordset($1::jsonb) as given (
    channel_account text, carrier text, service text, carrier_code text, carrier_name text, shipping_method text,
    confirm boolean
)
on conflict (channel_account, carrier, service) do update
set carrier_code = excluded.carrier_code, carrier_name = excluded.carrier_name,
    shipping_method = excluded.shipping_method, confirm = excluded.confirm, imported_at = excluded.imported_at
