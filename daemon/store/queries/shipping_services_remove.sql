delete from shipping_service
using unnest($1::text[], $2::text[], $3::text[], $4::text[]) as gone (channel_account, service, programme, country)
where shipping_service.channel_account = gone.channel_account and shipping_service.service = gone.service
    and shipping_service.programme = gone.programme and shipping_service.country = gone.country;
