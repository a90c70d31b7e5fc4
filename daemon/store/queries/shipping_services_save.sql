insert into shipping_service (channel_account, service, programme, country, carrier, carrier_service, imported_at)
select channel_account, service, programme, country, carrier, carrier_service, $2
from jsonb_to_recordset($1::jsonb) as given (
    channel_account text, service text, programme text, country text, carrier text, carrier_service text
)
on conflict (channel_account, service, programme, country) do update
set carrier = excluded.carrier, carrier_service = excluded.carrier_service, imported_at = excluded.imported_at;
