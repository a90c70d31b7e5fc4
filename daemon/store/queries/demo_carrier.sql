insert into carrier (channel_account, carrier, service, carrier_code, shipping_method, imported_at)
values ('*', $1, $2, $3, $4, $5);
