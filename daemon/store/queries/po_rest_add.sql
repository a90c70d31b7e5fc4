-- Nothing is returned where another order of the account has that number.
insert into purchase_order_rest as r (channel_account, number, part, account, reference)
select $1::text, $2, $3, $4, $5::text
where not exists (select from purchase_order where channel_account = $1 and number = $5)
on conflict (channel_account, number, part) do update set account = excluded.account
returning part;
