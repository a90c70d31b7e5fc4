-- The order as it was before the first change of it.
insert into purchase_order_base (channel_account, number, document)
values ($1, $2, $3)
on conflict (channel_account, number) do nothing;
