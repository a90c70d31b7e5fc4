select channel_account, carrier, service, carrier_code, carrier_name, shipping_method, confirm
from carrier order by channel_account, carrier, service
