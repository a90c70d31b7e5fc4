select c.channel_account, c.carrier, c.service, c.carrier_code, c.carrier_name, c.shipping_method, c.confirm
from carrier c
where c.carrier = any ($2::text[]) and (c.channel_account = '*' or c.channel_account = any ($1::text[]))
