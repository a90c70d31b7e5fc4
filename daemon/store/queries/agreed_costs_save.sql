insert into agreed_cost (channel_account, account, sku, begins, deal, ends, amount, currency, imported_at)
select channel_account, account, sku, begins, deal, ends, amount, currency, $2
from jsonb_to_recordset($1::jsonb) as given (
    channel_account text, account text, sku text, begins date, deal text, ends date, amount numeric, currency text
)
on conflict (channel_account, sku, account, begins, deal) do update
set ends = excluded.ends, amount = excluded.amount, currency = excluded.currency, imported_at = excluded.imported_at;
