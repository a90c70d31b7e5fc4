select channel_account, service, programme, country, carrier, carrier_service
from shipping_service
order by channel_account, service, programme, country;
