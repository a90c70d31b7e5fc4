select channel_account, service, programme, country, carrier, carrier_service
from shipping_service
where channel_account in ($1, '*')
order by channel_account, service, programme, country;
