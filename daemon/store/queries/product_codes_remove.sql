delete from product_code
using unnest($1::text[], $2::text[], $3::text[]) as gone (channel_account, kind, code)
where product_code.channel_account = gone.channel_account and product_code.kind = gone.kind
    and product_code.code = gone.code;
