delete from carrier c
using unnest($1::text[], $2::text[], $3::text[]) as gone (channel_account, carrier, service)
where (c.channel_account, c.carrier, c.service) = (gone.channel_account, gone.carrier, gone.service)
