-- Lines never leave an order: a cancelled one stays, with the quantity 0.
insert into purchase_order_line (channel_account, number, line, place, document)
select $1, $2, document ->> 'number', place, document
from jsonb_array_elements($3::jsonb) with ordinality as given (document, place)
on conflict (channel_account, number, line) do update
set place = excluded.place, document = excluded.document;
