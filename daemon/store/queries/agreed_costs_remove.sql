delete from agreed_cost c
using unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::text[])
    as gone (channel_account, account, sku, begins, deal)
where (c.channel_account, c.account, c.sku, c.begins, c.deal)
    = (gone.channel_account, gone.account, gone.sku, gone.begins, gone.deal);
